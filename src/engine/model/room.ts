import { invalidParameter } from "../../errors.js";
import { MAX_OF_A_KIND } from "./limits.js";

/**
 * Asks for room for one more of something that users name, of which servers take any number.
 *
 * @param what of whom it is: `aliases of collection c`
 * @param count how many there are
 * @param most how many there may be
 * @throws InvalidParameter
 */
export function requireRoom(what: string, count: number, most: number = MAX_OF_A_KIND): void {
  if (count < most) return;
  throw invalidParameter(`the number of ${what} should be limited to ${most}`);
}
