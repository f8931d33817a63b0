import { BoundedMap } from "../../values/bounded-map.js";
import { compactInteger } from "../../values/int64.js";
import type { StoredValue } from "../contract/column.js";
import { whereClause } from "../entities/read-rows.js";
import { groupIdentity } from "./group-key.js";
import type { Grouping, SearchPlan } from "./search-plan.js";

/** How many rows there are of each group, by its identity. */
export type SizeByGroup = ReadonlyMap<StoredValue, number>;

/** Of more groups than that nobody asks how large they are. */
const MOST_GROUPS = 100_000;

interface Known {
  readonly version: number;
  /** Undefined: there are too many. */
  readonly sizes: SizeByGroup | undefined;
}

/**
 * How large the groups are that a search may find: it need not go on to the last row when it has all of them. Kept until
 * the rows change.
 */
export class GroupSizes {
  readonly #known = new BoundedMap<string, Known>({ entries: 16 });

  /** Never less than a search can find. @returns undefined where it is not known */
  of(plan: SearchPlan, grouping: Grouping): SizeByGroup | undefined {
    const columns = grouping.by.map(({ column }) => column);
    const { collection, fieldId, known: drawn, long } = plan;
    const searched = collection.schema.fields.find(({ id }) => id === fieldId);
    // Rows that are drawn anew each time, or were brought out with effort; hits that are elements of rows; what lies inside of JSON.
    if (drawn !== undefined || long !== undefined || searched?.type === "ArrayOfVector") return undefined;
    if (columns.includes(undefined)) return undefined;
    const version = plan.dataVersion();
    const partitions = plan.partitions.map(({ id }) => id).join();
    const key = `${collection.id} ${columns.join()} ${partitions} ${plan.selectionKey}`;
    const known = this.#known.get(key);
    if (known?.version === version) return known.sizes;
    const sizes = readSizes(plan, columns as string[]);
    this.#known.set(key, { version, sizes });
    return sizes;
  }
}

function readSizes({ table, selection }: SearchPlan, columns: readonly string[]): SizeByGroup | undefined {
  const where = whereClause(selection ?? {});
  const list = columns.join(",");
  const rows = table
    .statement(`SELECT ${list},count(*) FROM ${table.name}${where.text} GROUP BY ${list} LIMIT ${MOST_GROUPS + 1}`)
    .raw()
    .safeIntegers(true)
    .all(...where.params) as (bigint | number | string | null)[][];
  if (rows.length > MOST_GROUPS) return undefined;
  return new Map(
    rows.map((row) => {
      const values = row.slice(0, -1).map((value) => (typeof value === "bigint" ? compactInteger(value) : value));
      return [groupIdentity(values), Number(row.at(-1))];
    }),
  );
}
