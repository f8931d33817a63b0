import type { Elanus } from "../../src/index.js";
import { Random } from "../crash/random.js";

const SCALARS = [
  "Bool",
  "Int8",
  "Int16",
  "Int32",
  "Int64",
  "Float",
  "Double",
  "VarChar",
  "JSON",
  "Geometry",
  "Timestamptz",
];
const ELEMENTS = ["Bool", "Int8", "Int16", "Int32", "Int64", "Float", "Double", "VarChar"];
const VECTORS = ["FloatVector", "BinaryVector", "Float16Vector", "BFloat16Vector", "Int8Vector", "SparseFloatVector"];
const DIMENSION = 8;
const METRICS: Readonly<Record<string, string>> = { BinaryVector: "HAMMING", SparseFloatVector: "IP" };

interface FieldDefinition {
  readonly fieldName: string;
  readonly dataType: string;
  readonly [key: string]: unknown;
}

/** Fills a database with a collection of a random schema: every type, nulls, defaults, both kinds of keys, partitions. */
export async function fillAtRandom(db: Elanus, seed: number, { most = 60, nullVectors = true } = {}): Promise<void> {
  const random = new Random(seed);
  const flip = () => random.int(0, 1) === 1;
  const autoID = random.int(0, 4) === 0;
  const textKey = !autoID && flip();
  const partitionKey = random.int(0, 3) === 0;
  const scalars = Array.from({ length: random.int(0, 6) }, (_, i): FieldDefinition => {
    const dataType = random.pick(SCALARS);
    const length = dataType === "VarChar" ? { elementTypeParams: { max_length: 64 } } : {};
    return { fieldName: `s${i}`, dataType, nullable: flip(), ...length };
  });
  const arrays = Array.from({ length: random.int(0, 2) }, (_, i): FieldDefinition => {
    const elementDataType = random.pick(ELEMENTS);
    const elementTypeParams = { max_capacity: 5, ...(elementDataType === "VarChar" && { max_length: 64 }) };
    return { fieldName: `a${i}`, dataType: "Array", elementDataType, elementTypeParams, nullable: flip() };
  });
  const vectors = Array.from({ length: random.int(1, 3) }, (_, i): FieldDefinition => {
    const dataType = random.pick(VECTORS);
    return {
      fieldName: `v${i}`,
      dataType,
      nullable: random.int(0, 3) === 0 && nullVectors,
      ...(dataType !== "SparseFloatVector" && { elementTypeParams: { dim: DIMENSION } }),
    };
  });
  const key: FieldDefinition = textKey
    ? { fieldName: "key", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 64 } }
    : { fieldName: "key", dataType: "Int64", isPrimary: true, autoID };
  const keyed: FieldDefinition[] = partitionKey ? [{ fieldName: "part", dataType: "Int64", isPartitionKey: true }] : [];
  const enableDynamicField = flip();
  const dbName = flip() ? "default" : "other";
  if (dbName === "other") await db.databases.create({ dbName });
  const named = { dbName, collectionName: "things" };
  const fields = [key, ...keyed, ...scalars, ...arrays, ...vectors];
  await db.collections.create({
    ...named,
    description: "of all kinds",
    schema: { enableDynamicField, fields },
    ...(partitionKey && { params: { partitionsNum: 3 } }),
    indexParams: vectors.map(({ fieldName, dataType }) => ({
      fieldName,
      indexName: `i_${fieldName}`,
      indexType: "AUTOINDEX",
      metricType: METRICS[dataType] ?? "L2",
    })),
  });
  if (flip()) await db.aliases.create({ ...named, aliasName: "all" });
  const partitions = partitionKey ? [undefined] : ["_default", "novel", "poem"].slice(0, random.int(1, 3));
  for (const partitionName of partitions.slice(1)) {
    await db.partitions.create({ ...named, partitionName: partitionName as string });
  }
  let next = 0;
  for (const partitionName of partitions) {
    const count = random.int(0, most);
    const data = Array.from({ length: count }, () => {
      const row: Record<string, unknown> = {};
      if (!autoID) row["key"] = textKey ? keyText(next++, random) : keyNumber(next++, random);
      if (partitionKey) row["part"] = random.int(0, 9);
      for (const field of [...scalars, ...arrays, ...vectors]) {
        row[field.fieldName] = field["nullable"] === true && random.int(0, 3) === 0 ? null : valueFor(field, random);
      }
      if (enableDynamicField && flip()) row["extra"] = { n: random.int(0, 9), list: [1, "b", null, 1.5] };
      if (enableDynamicField && flip()) row["big"] = 2n ** 60n + BigInt(random.int(0, 9));
      return row;
    });
    if (count > 0) await db.entities.insert({ ...named, data, ...(partitionName !== undefined && { partitionName }) });
  }
  const released = random.int(0, 3);
  if (released < 2) await db.collections.release(named);
  if (released === 1 && !partitionKey) {
    await db.partitions.load({ ...named, partitionNames: [partitions.at(-1) as string] });
  }
}

/** Texts that quoting and order could stumble over. */
function keyText(number: number, random: Random): string {
  return `${random.pick(["", "a'", 'b"', "c\\", "d\n", "é", "😀", "%_", "\u0001"])}${number}`;
}

function keyNumber(number: number, random: Random): number | bigint {
  const far = 2n ** 62n;
  return random.pick([number, -number - 1, far + BigInt(number), -far - BigInt(number)]);
}

function valueFor({ dataType, elementDataType }: FieldDefinition, random: Random): unknown {
  if (dataType === "Array") {
    const length = random.int(0, 4);
    return Array.from({ length }, () => scalar(String(elementDataType), random));
  }
  const numbers = (least: number, greatest: number, count = DIMENSION) =>
    Array.from({ length: count }, () => random.int(least, greatest));
  switch (dataType) {
    case "FloatVector":
    case "Float16Vector":
    case "BFloat16Vector":
      return numbers(-100, 100).map((n) => n / 16);
    case "Int8Vector":
      return numbers(-128, 127);
    case "BinaryVector":
      return numbers(0, 255, DIMENSION / 8);
    case "SparseFloatVector":
      return Object.fromEntries(numbers(0, 1000, random.int(1, 4)).map((index) => [index, random.int(1, 50) / 8]));
    default:
      return scalar(dataType, random);
  }
}

function scalar(type: string, random: Random): unknown {
  switch (type) {
    case "Bool":
      return random.int(0, 1) === 1;
    case "Int8":
      return random.int(-128, 127);
    case "Int16":
      return random.int(-32768, 32767);
    case "Int32":
      return random.int(-(2 ** 31), 2 ** 31 - 1);
    case "Int64":
      return random.pick([2n ** 63n - 1n, -(2n ** 63n), BigInt(random.int(-5, 5))]);
    case "Float":
    case "Double":
      return random.int(-1000, 1000) / 7;
    case "JSON":
      return random.pick<unknown>([{ a: 1, b: [true, null] }, [1.0, "x"], "text", 7, { n: 2n ** 60n }, {}]);
    case "Geometry":
      return `POINT (${random.int(0, 9)} ${random.int(0, 9)})`;
    case "Timestamptz":
      return `2025-01-${10 + random.int(0, 9)}T0${random.int(0, 9)}:00:00.123456+02:00`;
    default:
      return random.pick(["", "plain", 'quo"te', "ünïcode 😀", "back\\slash", "line\nbreak"]);
  }
}
