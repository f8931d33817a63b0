import { failure } from "../../../errors.js";
import { isInt64 } from "../../../values/int64.js";
import type { StoredValue } from "../../contract/column.js";
import { fieldColumn } from "../../entities/columns.js";
import type { EntityTable } from "../../entities/entity-table.js";
import { isVectorType } from "../../model/data-type.js";
import { compareKeys } from "../ranked-hits.js";
import { type Aggregate, aggregateType } from "./aggregates.js";

/** An aggregate over some of the rows, as SQL, and how those over several parts of them become one. */
export interface PartialAggregate {
  /** What is read of each part. */
  readonly columns: readonly string[];
  /** @param values what was read of a part, those of this aggregate from `at` on */
  start(values: readonly unknown[], at: number): unknown;
  add(state: unknown, values: readonly unknown[], at: number): unknown;
  /** @throws InvalidParameter for a sum beyond int64 */
  end(state: unknown): unknown;
}

export function partialAggregate(table: EntityTable, aggregate: Aggregate): PartialAggregate {
  const { operator, field } = aggregate;
  if (field === undefined || operator === "count") return count(countSql(table, field));
  const column = fieldColumn(field.id);
  switch (operator) {
    case "min":
      return best(`min(${column})`, -1);
    case "max":
      return best(`max(${column})`, 1);
    case "sum":
      return aggregateType(operator, field.type) === "Int64" ? integerSum(column) : realSum(column);
    case "avg":
      return mean(column);
  }
}

/** @param field undefined: the rows are counted */
export function countSql(table: EntityTable, field: Aggregate["field"]): string {
  if (field === undefined) return "count(*)";
  if (!isVectorType(field.type)) return `count(${fieldColumn(field.id)})`;
  if (!field.nullable) return "count(*)";
  // A row without a vector has none in the table of vectors.
  const held = `SELECT 1 FROM ${table.vectorTable(field)} AS v WHERE v.row_id=e.row_id`;
  return `count(CASE WHEN EXISTS (${held}) THEN 1 END)`;
}

/** SQLite refuses a sum of integers that does not fit, where a server would wrap it round. */
export function summing<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || error.message !== "integer overflow") throw error;
    throw beyondInt64(error);
  }
}

/** @throws InvalidParameter for what JSON has no number for */
export function withinFloat64(operator: Aggregate["operator"], value: number): number {
  if (!Number.isFinite(value)) throw failure("InvalidParameter", { text: `${operator} overflows float64` });
  return value;
}

function beyondInt64(cause?: Error): Error {
  return failure("InvalidParameter", { text: "sum overflows int64" }, cause);
}

function count(column: string): PartialAggregate {
  return {
    columns: [column],
    start: (values, at) => values[at],
    add: (state, values, at) => (state as bigint) + (values[at] as bigint),
    end: (state) => state,
  };
}

/** @param sign of what `compareKeys` says when a value is better than the one before */
function best(column: string, sign: 1 | -1): PartialAggregate {
  return {
    columns: [column],
    start: (values, at) => values[at],
    add(state, values, at) {
      const [known, value] = [state as StoredValue, values[at] as StoredValue];
      if (known === null || value === null) return known ?? value;
      return compareKeys(value, known) * sign > 0 ? value : known;
    },
    end: (state) => state,
  };
}

function integerSum(column: string): PartialAggregate {
  return {
    columns: [`sum(${column})`],
    start: (values, at) => values[at],
    add(state, values, at) {
      const [known, value] = [state as bigint | null, values[at] as bigint | null];
      return known === null || value === null ? (known ?? value) : known + value;
    },
    end(state) {
      if (state !== null && !isInt64(state as bigint)) throw beyondInt64();
      return state;
    },
  };
}

function realSum(column: string): PartialAggregate {
  return {
    columns: [`sum(${column})`],
    start: (values, at) => (values[at] === null ? null : new RealSum(values[at] as number)),
    add(state, values, at) {
      const value = values[at] as number | null;
      if (value === null) return state;
      return state === null ? new RealSum(value) : (state as RealSum).add(value);
    },
    end: (state) => (state === null ? null : (state as RealSum).total),
  };
}

interface Mean {
  readonly sum: RealSum;
  count: bigint;
}

function mean(column: string): PartialAggregate {
  return {
    // `total` is a number whatever it adds up.
    columns: [`total(${column})`, `count(${column})`],
    start: (values, at): Mean => ({ sum: new RealSum(values[at] as number), count: values[at + 1] as bigint }),
    add(state, values, at) {
      const known = state as Mean;
      known.sum.add(values[at] as number);
      known.count += values[at + 1] as bigint;
      return known;
    },
    end(state) {
      const { sum, count: values } = state as Mean;
      return values === 0n ? null : sum.total / Number(values);
    },
  };
}

/** A sum that keeps what rounding takes from it, as that of SQLite does. */
class RealSum {
  #sum: number;
  #lost = 0;

  constructor(value: number) {
    this.#sum = value;
  }

  add(value: number): this {
    const sum = this.#sum + value;
    this.#lost += Math.abs(this.#sum) > Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
    return this;
  }

  get total(): number {
    return this.#sum + this.#lost;
  }
}
