import { failure, invalidParameter } from "../../../errors.js";
import { type AggregateOperator, parseAggregate } from "../../contract/aggregate-name.js";
import { type ColumnHead, columnHead } from "../../entities/growing-column.js";
import type { DataType } from "../../model/data-type.js";
import { type CollectionSchema, type FieldSchema, fieldByName } from "../../model/schema.js";
import { mayBe } from "../../model/types/table.js";
import { readGroupOrder } from "../query-order.js";
import type { SortItem } from "../sort-items.js";

/** What a query computes over many rows. */
export interface Aggregate {
  readonly operator: AggregateOperator;
  /** Undefined: `count(*)`. */
  readonly field: FieldSchema | undefined;
}

/** One column of a query that groups or aggregates. */
export interface AggregateColumn {
  readonly head: ColumnHead;
  /** The place of what it shows among the values of a group. */
  readonly at: number;
}

/** What a query with groups or aggregates shows. */
export interface AggregateOutput {
  readonly groups: readonly FieldSchema[];
  /** What is found out of each group, each once: group fields and aggregates. */
  readonly values: readonly (FieldSchema | Aggregate)[];
  readonly columns: readonly AggregateColumn[];
  /** Among the group fields. */
  readonly order: readonly SortItem[];
}

/**
 * Reads a query's `outputFields`, `groupByFields` and `orderByFields` where they group or aggregate.
 *
 * @param names undefined or none: the group fields are shown
 * @returns undefined when they do neither
 * @throws InvalidParameter, OutputFieldNotFound for a group field that there is not
 */
export function readAggregateOutput(
  schema: CollectionSchema,
  names: readonly string[] | undefined,
  groupNames: readonly string[] | undefined,
  orderNames: readonly string[] | undefined,
): AggregateOutput | undefined {
  const groups = distinct(groupNames).map((name) => groupField(schema, name));
  const asked = distinct(names);
  if (groups.length === 0 && !asked.some((name) => parseAggregate(name) !== undefined)) return undefined;
  const shown = asked.length > 0 ? asked : groups.map(({ name }) => name);
  const values = new Map<string, FieldSchema | Aggregate>();
  const places = new Map<string, number>();
  const columns = shown.map((name) => {
    const { head, of } = columnOf(schema, name, groups);
    // `max(a)` and `MAX( a )` are one value under two names.
    const key = isAggregate(of) ? `${of.operator} ${of.field?.id ?? ""}` : String(of.id);
    if (!values.has(key)) places.set(key, values.size);
    values.set(key, of);
    return { head, at: places.get(key) as number };
  });
  const order = readGroupOrder(
    orderNames,
    groups.map(({ name }) => name),
  );
  return { groups, values: [...values.values()], columns, order };
}

function distinct(names: readonly string[] = []): string[] {
  return [...new Set(names.map((name) => name.trim()))].filter((name) => name !== "");
}

export function isAggregate(of: FieldSchema | Aggregate): of is Aggregate {
  return "operator" in of;
}

function groupField(schema: CollectionSchema, name: string): FieldSchema {
  const field = fieldByName(schema, name);
  if (field === undefined) throw failure("OutputFieldNotFound", { field: name });
  if (!mayBe("group", field.type))
    throw invalidParameter(`group by field ${name} has unsupported data type ${field.type}`);
  return field;
}

function columnOf(
  schema: CollectionSchema,
  name: string,
  groups: readonly FieldSchema[],
): { readonly head: ColumnHead; readonly of: FieldSchema | Aggregate } {
  const form = parseAggregate(name);
  if (form === undefined) {
    const field = groups.find((group) => group.name === name);
    if (field === undefined) throw invalidParameter(notAllowed(name, groups));
    return { head: columnHead(field), of: field };
  }
  const aggregate = readAggregate(schema, form.operator, form.target);
  const nullable = aggregate.operator === "count" ? {} : { nullable: true };
  const type = aggregateType(aggregate.operator, aggregate.field?.type);
  return { head: { name, type, ...nullable, fieldId: 0, primaryKey: false }, of: aggregate };
}

function readAggregate(schema: CollectionSchema, operator: AggregateOperator, target: string): Aggregate {
  if (target === "*") {
    if (operator !== "count") throw invalidParameter(`${operator}(*) is not supported, only count(*) is allowed`);
    return { operator, field: undefined };
  }
  const field = fieldByName(schema, target);
  if (field === undefined) throw invalidParameter(`target field ${target} for aggregation:${operator} does not exist`);
  checkAggregated(operator, field.type);
  return { operator, field };
}

/** @throws InvalidParameter for values that an operator cannot compute with */
export function checkAggregated(operator: AggregateOperator, type: DataType): void {
  const use = operator === "min" || operator === "max" ? "compare" : "sum";
  if (operator === "count" || mayBe(use, type)) return;
  throw invalidParameter(`aggregation operator ${operator} does not support data type ${type}`);
}

/** The type of an aggregate. @param type of the values; of no effect for counts */
export function aggregateType(operator: AggregateOperator, type: DataType = "Int64"): DataType {
  if (operator === "count") return "Int64";
  if (operator === "avg") return "Double";
  if (operator !== "sum") return type;
  return type === "Float" || type === "Double" ? "Double" : "Int64";
}

function notAllowed(name: string, groups: readonly FieldSchema[]): string {
  if (groups.length === 0) {
    return `output field '${name}' is not allowed: when using aggregation functions (e.g., count(*)), output_fields can only contain aggregation expressions, not regular columns`;
  }
  const names = groups.map((group) => group.name).join(" ");
  return `output field '${name}' is not allowed: when using GROUP BY, output_fields can only contain group_by fields ([${names}]) or aggregation expressions`;
}
