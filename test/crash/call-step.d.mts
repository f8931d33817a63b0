import type { Elanus } from "../../src/index.js";
import type { Step } from "./model.js";

export function callStep(db: Elanus, step: Step, stuck?: () => void): Promise<unknown>;
export function codeOf(call: Promise<unknown>): Promise<number>;
