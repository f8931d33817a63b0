import { resolve } from "node:path";
import type { TransferKind, TransferRequest } from "../engine/contract/transfers.js";
import { failure } from "../errors.js";

/**
 * What a transfer names, as it is named from every process: another one has another working directory.
 *
 * @throws Unsupported for the standard input and output, which are of one process
 */
export function withWholePlaces<Kind extends TransferKind>(request: TransferRequest<Kind>): TransferRequest<Kind> {
  const { from, to } = request as { readonly from?: string | readonly string[]; readonly to?: string };
  if (to !== undefined) return { ...request, to: whole(to) };
  if (from === undefined) return request;
  return { ...request, from: typeof from === "string" ? whole(from) : from.map(whole) };
}

function whole(place: string): string {
  if (place === "-") {
    throw failure("Unsupported", {
      what: "rows come from and go to files where another process owns the shared database",
    });
  }
  return resolve(place);
}
