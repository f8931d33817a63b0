// Entry of the kernel module: what the TypeScript side may call.
export {
  alloc, chunkAddress, codeAddress, countLive, create, getChunkBytes, getOffIds, getNodeBytes, getOffNodes, getOffUpper, init, refresh, reserve, tombstone, tombstonesBelow, termAddress, vectorAddress,
} from "./layout";
export { prepare } from "./distance";
export { isFinite } from "./numbers";
export { filterAddress, keepWork, queryAddress, resultAddress, takeWork, workAddress } from "./searcher";
export { encodeRows } from "./codes";
export { areaDistance, encodeArea, nearByCodes, vectorArea } from "./coded-rows";
export { bestFirst, gather, gatherOn, measure, scan, scanOn } from "./scan";
export { gatherByCodes } from "./gather-codes";
export { keptTouches, search } from "./walk";
export { insert, keptInserts, makeUpper } from "./insert";
export { clearUpper, exportUpper, importUpper, upperNextRow } from "./upper";
export { checksumAdd, checksumBegin, checksumEnd } from "./checksum";
