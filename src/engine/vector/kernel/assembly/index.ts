// Entry of the kernel module: what the TypeScript side may call.
export {
  alloc, countLive, create, getChunkBytes, getOffIds, getNodeBytes, getOffNodes, getOffUpper, init, refresh, reserve, tombstone, tombstonesBelow, vectorAddress,
} from "./layout";
export { prepare } from "./distance";
export { isFinite } from "./numbers";
export { filterAddress, keepWork, queryAddress, resultAddress, takeWork, workAddress } from "./searcher";
export { encodeRows } from "./codes";
export { gather, measure, scan } from "./scan";
export { gatherByCodes } from "./gather-codes";
export { keptTouches, search } from "./walk";
export { insert, keptInserts, makeUpper } from "./insert";
export { clearUpper, exportUpper, importUpper, upperNextRow } from "./upper";
export { checksumAdd, checksumBegin, checksumEnd } from "./checksum";
