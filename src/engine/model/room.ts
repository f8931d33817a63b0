import { invalidParameter } from "../../errors.js";
import { MAX_OF_A_KIND } from "./limits.js";

/**
 * Asks for room for one more of something that users name, of which servers take any number.
 *
 * @param what of whom it is: `aliases of collection c`
 * @param count how many there are
 * @throws InvalidParameter
 */
export function requireRoom(what: string, count: number): void {
  if (count < MAX_OF_A_KIND) return;
  throw invalidParameter(`the number of ${what} should be limited to ${MAX_OF_A_KIND}`);
}
