import { failure } from "../../../errors.js";
import { elapsed } from "../../../values/clock.js";
import { Slices } from "../../../values/slices.js";
import type { CallLimits } from "../../contract/call-limits.js";
import type { StoredValue } from "../../contract/column.js";
import { fieldColumn } from "../../entities/columns.js";
import type { EntityTable } from "../../entities/entity-table.js";
import type { Selection } from "../../entities/read-rows.js";
import { Stretches } from "../../entities/stretches.js";
import { bytesOfValues, readWithin } from "../../model/answer-size.js";
import type { Collection } from "../../model/collection.js";
import { MAX_REPLY_BYTES } from "../../model/limits.js";
import { compareValues } from "../compare-values.js";
import { groupIdentity } from "../group-key.js";
import type { QueryContext } from "../query-context.js";
import { sortedInSlices } from "../sorted-in-slices.js";
import { type AggregateOutput, isAggregate } from "./aggregates.js";
import { groupOrder, refuseGroups } from "./group-order.js";
import { type PartialAggregate, partialAggregate, summing } from "./partial-aggregates.js";

/** Row ids that the first step looks at, with a dear filter and without, and most that any does. */
const FIRST_ROWS = { dear: 1, cheap: 1024 };
const MOST_ROWS = 65_536;
/** Milliseconds that a step should take. */
const STEP_MS = 4;

/** What a query that groups or aggregates reads. */
export interface AggregateQuery {
  readonly collection: Collection;
  readonly table: EntityTable;
  readonly selection: Selection;
  /** An index leads to its rows: a stretch of the table would not be found sooner than all of them. */
  readonly led: boolean;
  /** Its filter takes so long for a row that few rows are many. */
  readonly dear: boolean;
  readonly output: AggregateOutput;
  /** Most groups that are shown, of those behind the first `offset`; `Infinity` for all. */
  readonly limit: number;
  readonly offset: number;
  /** Of points in time that are shown. */
  readonly timeZone: string | undefined;
  /** Looked at after a pause. @throws when what the query reads has gone */
  readonly still: () => void;
  /** False: whatever it takes, it is done without letting the event loop run. */
  readonly mayPause: boolean;
}

/** The values of its group fields, and an aggregate over the rows so far for each column that shows one. */
interface Group {
  readonly keys: readonly StoredValue[];
  readonly states: unknown[];
}

/**
 * The rows that a query with groups or aggregates shows, computed step by step over stretches of its table, between which the event loop
 * runs: what a stretch comes to is put together with those before it.
 *
 * @returns undefined when a write came in between
 * @throws InvalidParameter for a sum beyond int64 or too many groups, ReplyTooLarge, Timeout
 */
export async function groupsInSlices(
  ctx: QueryContext,
  query: AggregateQuery,
  { deadline }: CallLimits,
): Promise<readonly (readonly unknown[])[] | undefined> {
  const { collection, table, output } = query;
  const version = ctx.entities.version(collection.id);
  const slices = new Slices();
  const pause = async (): Promise<boolean> => {
    await slices.next();
    query.still();
    ctx.deadline.during(deadline, () => ctx.deadline.check());
    return ctx.entities.version(collection.id) === version;
  };
  const parts = output.values.map((of) => (isAggregate(of) ? partialAggregate(table, of) : undefined));
  const stretches = new Stretches(table, query.selection);
  const step = stepStatement(query, stretches, parts);
  const groups = new Map<StoredValue, Group>();
  let bytes = 0;
  for (let from = 0, rows = query.dear ? FIRST_ROWS.dear : FIRST_ROWS.cheap; from < stretches.end; ) {
    const start = elapsed();
    const found = ctx.deadline.during(deadline, () => step(from, from + rows));
    for (const values of found) bytes += take(groups, parts, output.groups.length, values);
    refuseGroups(groups.size);
    if (bytes > MAX_REPLY_BYTES) throw failure("ReplyTooLarge", { limit: MAX_REPLY_BYTES });
    from += rows;
    const taken = elapsed() - start;
    if (taken < STEP_MS / 2) rows = Math.min(rows * 2, MOST_ROWS);
    else if (taken > STEP_MS * 2) rows = Math.max(rows >> 1, 1);
    if (slices.over && !(await pause())) return undefined;
  }
  const order = groupOrder(output);
  const sorted = await sortedInSlices([...groups.values()], pause, (a, b) => {
    for (const { at, ...direction } of order) {
      const compared = compareValues(direction, a.keys[at] as StoredValue, b.keys[at] as StoredValue);
      if (compared !== 0) return compared;
    }
    return 0;
  });
  return sorted?.map((group) => valuesOf(query, parts, group));
}

type Step = (from: number, to: number) => readonly (readonly unknown[])[];

/** Reads a stretch: the values of the group fields, then what the aggregates want, a row for each group in it. */
function stepStatement(
  { table, output }: AggregateQuery,
  stretches: Stretches,
  parts: readonly (PartialAggregate | undefined)[],
): Step {
  const keys = output.groups.map(({ id }) => fieldColumn(id));
  const wanted = [...keys, ...parts.flatMap((part) => part?.columns ?? [])];
  const grouped = keys.length === 0 ? "" : ` GROUP BY ${keys.join(",")}`;
  const read = table
    .statement(`SELECT ${wanted.join(",")}${stretches.from}${grouped}`)
    .raw()
    .safeIntegers(true);
  return (from, to) =>
    summing(() => readWithin(read.iterate(...stretches.params(from, to)) as Iterable<readonly unknown[]>));
}

/** @returns bytes that are kept anew, at most */
function take(
  groups: Map<StoredValue, Group>,
  parts: readonly (PartialAggregate | undefined)[],
  keyCount: number,
  values: readonly unknown[],
): number {
  const keys = values.slice(0, keyCount) as StoredValue[];
  const identity = groupIdentity(keys);
  const known = groups.get(identity);
  let at = keyCount;
  const states = known?.states ?? [];
  for (const [i, part] of parts.entries()) {
    if (part === undefined) continue;
    states[i] = known === undefined ? part.start(values, at) : part.add(states[i], values, at);
    at += part.columns.length;
  }
  if (known !== undefined) return 0;
  groups.set(identity, { keys, states });
  return bytesOfValues(values);
}

/** The values of a group, in their order. */
function valuesOf(
  { output }: AggregateQuery,
  parts: readonly (PartialAggregate | undefined)[],
  { keys, states }: Group,
): readonly unknown[] {
  return output.values.map((of, i) => (isAggregate(of) ? parts[i]?.end(states[i]) : keys[output.groups.indexOf(of)]));
}
