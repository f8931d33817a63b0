import { databasePath, type Engine, type EngineOptions, fileIdentity, openEngine, saysInUse } from "../engine/index.js";
import { type ElanusError, failure, isElanusError } from "../errors.js";
import { after, elapsed } from "../values/clock.js";
import { Door } from "./door.js";
import { type PeerLine, type Reached, reach } from "./line.js";
import { type MeetingPlace, meetingPlace } from "./meeting-place.js";
import type { Introduction, Welcome } from "./messages.js";
import type { Patience } from "./share-options.js";

/** How a process has come to a file: as the one that owns it, or to the one that does. */
export type Arrival =
  | { readonly role: "owner"; readonly engine: Engine; readonly door: Door }
  | { readonly role: "peer"; readonly line: PeerLine; readonly welcome: Welcome };

export interface Approach {
  readonly path: string;
  readonly options: EngineOptions;
  readonly introduction: Introduction;
  /** Device and number of the file that was open before: another one does not take its place. */
  readonly identity: string | undefined;
  /** Never as the owner. */
  readonly joins: boolean;
  readonly patience: Patience;
  /** Milliseconds in which an owner may neither answer nor leave. */
  readonly within: number;
  /** The process does not end meanwhile. */
  readonly keepsAlive: () => boolean;
}

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;
/** Of the time that somebody has waited: so much later he may find that he need not wait any more. */
const PAUSE_SHARE = 0.05;

/**
 * Finds the owner of a file, or becomes it: the lock of the file says who that is, whatever answers on the socket.
 *
 * @throws NotShared, ShareRefused, OwnerSilent, and what `openEngine` throws: Unavailable for a file that is open elsewhere and not shared
 */
export async function arrive(approach: Approach): Promise<Arrival> {
  const { path, options, introduction, joins, patience } = approach;
  const began = elapsed();
  for (;;) {
    const identity = fileIdentity(path);
    if (approach.identity !== undefined && identity !== approach.identity) {
      throw failure("Unavailable", { reason: `the database file ${path} was removed or replaced while it was open` });
    }
    const place = identity === undefined ? undefined : placeOf(identity, joins);
    const reached: Reached = place === undefined ? { kind: "nobody" } : await reach(place, introduction, patience);
    if (reached.kind === "line") return { role: "peer", line: reached.line, welcome: reached.welcome };
    if (joins && reached.kind === "nobody") throw failure("NotShared", { path });
    let inUse: unknown;
    if (!joins) {
      try {
        return await own(path, options);
      } catch (error) {
        if (!saysInUse(error)) throw error;
        inUse = error;
      }
    }
    const waited = elapsed() - began;
    if (waited >= approach.within) throw refusal(path, reached.kind, inUse, patience);
    const pause = Math.min(Math.max(FIRST_PAUSE_MS, PAUSE_SHARE * waited), LONGEST_PAUSE_MS);
    await new Promise<void>((resolve) => after(pause, resolve, { keepsAlive: approach.keepsAlive() }));
  }
}

/** Undefined for who only joins, where there can be no owner: one is refused a folder that others can use. */
function placeOf(identity: string, joins: boolean): MeetingPlace | undefined {
  try {
    return meetingPlace(identity);
  } catch (error) {
    if (joins && isElanusError(error, "ShareRefused")) return undefined;
    throw error;
  }
}

async function own(path: string, options: EngineOptions): Promise<Arrival> {
  const engine = openEngine(path, options);
  try {
    return { role: "owner", engine, door: await Door.open(engine, options, databasePath(path)) };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function refusal(path: string, kind: Exclude<Reached["kind"], "line">, inUse: unknown, patience: Patience): unknown {
  if (kind === "silent") {
    return failure("OwnerSilent", { owner: "the process that has it open", seconds: patience.silentMs / 1000 }, inUse);
  }
  if (kind === "stranger") {
    const reason = `what answers on the socket of ${path} cannot prove that it is the process that has it open`;
    return failure("ShareRefused", { reason }, inUse);
  }
  const { details } = inUse as ElanusError;
  return failure(
    "Unavailable",
    { ...details, reason: `${details["reason"]}, and it does not share it with this user` },
    inUse,
  );
}
