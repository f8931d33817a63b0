import fc, { type Arbitrary } from "fast-check";
import type { FilterType } from "../../../src/expr/check/scope.js";
import type { FieldText, RowText, SchemaText } from "./tables.js";

/** Random schemas, rows and well-typed filters. `g` draws a value. */
export type Draw = <T>(arbitrary: () => Arbitrary<T>) => T;

const drawn = new Map<string, () => Arbitrary<never>>();

/** One function per arbitrary: fast-check tells draws apart by it. */
function arbitrary<T>(key: string, make: () => Arbitrary<T>): () => Arbitrary<T> {
  const known = drawn.get(key);
  if (known !== undefined) return known as () => Arbitrary<T>;
  drawn.set(key, make as () => Arbitrary<never>);
  return make;
}

export function below(g: Draw, count: number): number {
  return g(arbitrary(`below ${count}`, () => fc.nat({ max: count - 1 })));
}
export function pick<T>(g: Draw, values: readonly T[]): T {
  return values[below(g, values.length)] as T;
}
function chance(g: Draw, percent: number): boolean {
  return below(g, 100) < percent;
}
function many<T>(g: Draw, most: number, make: () => T): T[] {
  return Array.from({ length: below(g, most + 1) }, make);
}

const ELEMENT_TYPES: readonly FilterType[] = ["Bool", "Int8", "Int32", "Int64", "Float", "Double", "VarChar"];
const SCALARS: readonly FilterType[] = ["Bool", "Int8", "Int16", "Int32", "Int64", "Float", "Double", "VarChar"];

export function drawSchema(g: Draw): SchemaText {
  const fields: FieldText[] = [{ name: "pk", type: pick(g, ["Int64", "VarChar"] as const) }];
  const add = (type: FilterType, element?: FilterType): void => {
    const name = `x${fields.length}`;
    fields.push({
      name,
      type,
      nullable: chance(g, 60),
      ...(element && { element }),
      ...(type === "VarChar" && { enable_match: chance(g, 50) }),
    });
  };
  for (const type of SCALARS) if (chance(g, 60)) add(type);
  for (const type of ["Int64", "VarChar"] as const) if (chance(g, 40)) add(type);
  for (const type of ["JSON", "Timestamptz", "Geometry"] as const) if (chance(g, 40)) add(type);
  for (const element of ELEMENT_TYPES) if (chance(g, 30)) add("Array", element);
  return { define_schema: "t", pk: "pk", dynamic: chance(g, 60), fields };
}

const INTEGERS = [
  0n,
  1n,
  -1n,
  2n,
  3n,
  5n,
  7n,
  10n,
  127n,
  -128n,
  300n,
  32767n,
  2n ** 31n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
].concat([
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 62n,
  4294967296n,
  16777217n,
  2n ** 60n + 2n ** 36n + 1n,
]);
const DOUBLES = [
  0, -0, 0.1, 0.5, -1.5, 2.5, 3, 1e-10, 1e300, -1.7976931348623157e308, 5e-324, 0.30000000000000004,
].concat(
  // Where integers meet floating columns.
  [16777216, 2 ** 53, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 60 + 2 ** 37, 4294967296],
);
const anyInteger = arbitrary("int", () => fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
const anyDouble = arbitrary("double", () => fc.double({ noNaN: true, noDefaultInfinity: true }));
const anyText = arbitrary("text", () => fc.string({ unit: "binary", maxLength: 6 }));
const TEXTS = [
  "",
  "a",
  "b",
  "ab",
  "abc",
  "a%b",
  "a_b",
  "A",
  "é",
  "e\u0301",
  "😀",
  "😀b",
  "\uffff",
  "a\0b",
  "it's",
  'q"q',
  "\\",
  "50%",
  "*",
  "[a]",
  "?",
].concat(["quick fox", "the quick brown fox", "fox quick", "line1\nline2", "\u{10ffff}", "a\u{10ffff}", "\ud7ff"]);

const RANGES: Partial<Record<FilterType, bigint>> = { Int8: 7n, Int16: 15n, Int32: 31n };

export function drawInteger(g: Draw, type: FilterType = "Int64"): bigint {
  const value = chance(g, 75) ? pick(g, INTEGERS) : g(anyInteger);
  const bits = RANGES[type];
  return bits === undefined ? value : BigInt.asIntN(Number(bits) + 1, value);
}
function drawDouble(g: Draw): number {
  return chance(g, 70) ? pick(g, DOUBLES) : g(anyDouble);
}
function drawText(g: Draw): string {
  return chance(g, 75) ? pick(g, TEXTS) : g(anyText);
}
const KEYS = ["a", "b", "0", "1", "01", 'k"q', "x y", "é", "it's", "a\\b", "", "$", "a.b"].concat([
  "a\nb",
  "a\tb",
  "\r",
  "\b\f",
  "\u0001",
  "a/b",
  "~",
  "😀",
  '"',
  "\\",
  "\\n",
  "\\u0041",
  "[0]",
  "\ufffd",
]);

/** JSON text: whole numbers with and without a point, big integers, repeated keys never. */
export function drawJson(g: Draw, depth: number): string {
  const kind = below(g, depth > 0 ? 10 : 7);
  if (kind === 0) return "null";
  if (kind === 1) return pick(g, ["true", "false"]);
  if (kind === 2) return String(drawInteger(g));
  if (kind === 3) return writeDouble(drawDouble(g));
  if (kind === 4)
    return pick(g, [
      "1.0",
      "2.0",
      "1e0",
      "18446744073709551616",
      "-0",
      "-0.0",
      "9007199254740993.0",
      "123456789012345678901234567890",
    ]);
  if (kind <= 6) return JSON.stringify(drawText(g));
  if (kind === 7) return `[${many(g, 4, () => drawJson(g, depth - 1)).join(", ")}]`;
  const keys = [...new Set(many(g, 4, () => pick(g, KEYS)))];
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${drawJson(g, depth - 1)}`).join(", ")}}`;
}
function drawObject(g: Draw): string {
  const keys = [...new Set(many(g, 4, () => pick(g, [...KEYS, "n", "list"])))];
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${drawJson(g, 2)}`).join(", ")}}`;
}

function writeDouble(value: number): string {
  const text = JSON.stringify(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** What the relations mean is tested by value in test/values/geometry.test.ts; here they are leaves like any other. */
const WKTS = ["POINT(0 0)", "POINT(1 1)", "POINT(5 5)", "LINESTRING(0 0, 2 2)", "LINESTRING(0 2, 2 0)"].concat([
  "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))",
  "POLYGON((1 1, 3 1, 3 3, 1 3, 1 1))",
  "MULTIPOINT((0 0), (1 1))",
]);
const INSTANTS = [
  "2025-01-01T00:00:00Z",
  "2024-02-29T23:59:59Z",
  "2025-01-31T12:00:00+02:00",
  "1969-12-31T23:59:59.999999Z",
];

function drawScalar(g: Draw, type: FilterType): unknown {
  switch (type) {
    case "Bool":
      return chance(g, 50);
    case "Float": {
      const value = Math.fround(drawDouble(g));
      return Number.isFinite(value) ? value : 0;
    }
    case "Double":
      return drawDouble(g);
    case "VarChar":
      return drawText(g);
    default:
      return drawInteger(g, type);
  }
}

export function drawRow(g: Draw, schema: SchemaText): RowText {
  const row: Record<string, unknown> = {};
  for (const field of schema.fields) {
    if (field.nullable && chance(g, 25)) continue;
    const { name, type, element } = field;
    if (type === "JSON") row[name] = { $json: chance(g, 80) ? drawObject(g) : drawJson(g, 2) };
    else if (type === "Array") {
      const texts = many(g, 4, () => {
        const value = drawScalar(g, element ?? "Int64");
        return typeof value === "number"
          ? chance(g, 50)
            ? JSON.stringify(value)
            : writeDouble(value)
          : typeof value === "bigint"
            ? String(value)
            : JSON.stringify(value);
      });
      row[name] = { $json: `[${texts.join(", ")}]` };
    } else if (type === "Timestamptz") row[name] = pick(g, INSTANTS);
    else if (type === "Geometry") row[name] = pick(g, WKTS);
    else row[name] = drawScalar(g, type);
  }
  if (schema.dynamic) row["$meta"] = { $json: drawObject(g) };
  return row;
}

export interface DrawnFilter {
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const COMPARISONS = ["==", "!=", "<", "<=", ">", ">="] as const;

/** Quotes any string as a literal. */
export function quoteText(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r")}"`;
}

/** A key in one of its spellings: JSON's own escapes, or `\uHHHH` for characters that need none. */
function quoteKey(g: Draw, key: string): string {
  const quote = chance(g, 30) ? "'" : '"';
  let text = "";
  for (const unit of JSON.stringify(key).slice(1, -1)) {
    const code = unit.charCodeAt(0);
    // A decoded backslash would begin an escape, a decoded quote is the plain character.
    const coded = unit.length === 1 && unit !== "\\" && !text.endsWith("\\") && chance(g, 10);
    text += coded || (unit === quote && quote === "'") ? `\\u${code.toString(16).padStart(4, "0")}` : unit;
  }
  return `${quote}${text}${quote}`;
}

export function drawFilter(g: Draw, schema: SchemaText, depth: number): DrawnFilter {
  const values: Record<string, unknown> = {};
  const draw = new FilterDraw(g, schema, values);
  return { text: draw.predicate(depth), values };
}

class FilterDraw {
  readonly #g: Draw;
  readonly #schema: SchemaText;
  readonly #values: Record<string, unknown>;

  constructor(g: Draw, schema: SchemaText, values: Record<string, unknown>) {
    this.#g = g;
    this.#schema = schema;
    this.#values = values;
  }

  predicate(depth: number): string {
    const g = this.#g;
    const kind = depth > 0 ? below(g, 6) : 5;
    if (kind === 0) return `(${this.predicate(depth - 1)}) and (${this.predicate(depth - 1)})`;
    if (kind === 1) return `(${this.predicate(depth - 1)}) or (${this.predicate(depth - 1)}) or ${this.leaf()}`;
    if (kind === 2) return `not (${this.predicate(depth - 1)})`;
    if (kind === 3) return `(${this.leaf()} or ${this.leaf()}) and not (${this.leaf()} and ${this.leaf()})`;
    return this.leaf();
  }

  leaf(): string {
    const g = this.#g;
    const fields = this.#schema.fields.filter((field) => !field.type.endsWith("Vector"));
    const at = below(g, fields.length + (this.#schema.dynamic ? 2 : 0));
    const field = fields[at];
    if (field === undefined)
      return this.#json(pick(g, ["n", "list", "a", "b", `$meta${this.#steps()}`, "n[0]", 'list["a"]']), false);
    if (chance(g, 6) && field.nullable) return `${field.name} is ${pick(g, ["null", "not null"])}`;
    switch (field.type) {
      case "JSON":
        return chance(g, 15) ? this.#json(field.name, true) : this.#json(field.name + this.#steps(), false);
      case "Array":
        return this.#array(field);
      case "Timestamptz":
        return this.#timestamp(field.name);
      case "Geometry":
        return `${pick(g, ["st_equals", "st_touches", "st_overlaps", "st_crosses", "ST_CONTAINS", "st_intersects", "st_within"])}(${field.name}, "${pick(g, WKTS)}")`;
      default:
        return this.#scalar(field.name, field.type, field);
    }
  }

  #steps(): string {
    const g = this.#g;
    const step = (): string =>
      chance(g, 20)
        ? `[${below(g, 3)}]`
        : `[${quoteKey(
            g,
            pick(
              g,
              KEYS.filter((k) => k !== ""),
            ),
          )}]`;
    return step() + many(g, 2, step).join("");
  }

  /** A constant of a type, at times as a template. */
  #constant(type: FilterType): string {
    const g = this.#g;
    const value = drawScalar(g, type === "Int8" || type === "Int16" ? "Int64" : type);
    if (chance(g, 15)) return this.#template(typeof value === "number" ? Object(value) : value);
    return this.#write(value);
  }

  #template(value: unknown): string {
    const name = `v${Object.keys(this.#values).length}`;
    this.#values[name] = value;
    return `{${name}}`;
  }

  #write(value: unknown): string {
    if (typeof value === "number") return writeDouble(value);
    return typeof value === "string" ? quoteText(value) : String(value);
  }

  #list(most: number, make: () => unknown): string {
    const g = this.#g;
    const count = chance(g, 6) ? 120 : most;
    const values = many(g, count, make);
    if (chance(g, 15)) return this.#template(values.map((v) => (typeof v === "number" ? Object(v) : v)));
    return `[${values.map((v) => this.#write(v)).join(", ")}]`;
  }

  #scalar(path: string, type: FilterType, field?: FieldText): string {
    const g = this.#g;
    const numeric = type !== "Bool" && type !== "VarChar";
    switch (below(g, type === "VarChar" ? 7 : numeric ? 7 : 4)) {
      case 0:
        return `${path} ${pick(g, ["in", "not in"])} ${this.#list(4, () => drawScalar(g, type))}`;
      case 1: {
        const others = this.#schema.fields.filter((f) =>
          numeric ? SCALARS.indexOf(f.type) > 0 && f.type !== "VarChar" : f.type === type,
        );
        // Elements of arrays cannot be compared with columns.
        if (others.length === 0 || path.includes("[")) break;
        return `${path} ${pick(g, COMPARISONS)} ${pick(g, others).name}`;
      }
      case 4:
        return numeric ? this.#arithmetic(path, type) : this.#like(path);
      case 5:
        return this.#range(path, type);
      case 6:
        if (type !== "VarChar") return this.#arithmetic(path, type);
        if (field?.enable_match) return this.#match(path);
        if (chance(g, 30))
          return `starts_with(${path}, ${pick(
            g,
            this.#schema.fields
              .filter((f) => f.type === "VarChar")
              .map((f) => f.name)
              .concat(path),
          )})`;
        return chance(g, 50) ? `starts_with(${path}, ${quoteText(drawText(g))})` : `empty(${path})`;
    }
    const operator = pick(g, COMPARISONS);
    const constant = this.#constant(type);
    return chance(g, 20) ? `${constant} ${operator} ${path}` : `${path} ${operator} ${constant}`;
  }

  #match(path: string): string {
    const g = this.#g;
    const words = many(g, 3, () => pick(g, ["quick", "fox", "The", "brown", "a"])).join(" ");
    if (chance(g, 40)) return `phrase_match(${path}, "${words}", ${below(g, 4)})`;
    if (chance(g, 30))
      return `text_match_fuzzy(${path}, "${words.replace("o", "ou")}", max_edit_distance=${below(g, 3)})`;
    return `text_match(${path}, "${words}", minimum_should_match=${1 + below(g, 3)})`;
  }

  /** Patterns of every kind that a platform's own engine would read the same way. */
  #regex(path: string): string {
    const g = this.#g;
    const pieces = many(g, 4, () =>
      pick(g, [".", "a", "b*", "(ab)+", "[a-c]", "^", "$", "\\.", "\\d+", "a|b", "é", "[^a]?", '\\"']),
    );
    const pattern = pieces.join("");
    const literal = chance(g, 50) ? `r"${pattern}"` : `"${pattern}"`;
    const sign = pick(g, ["=~", "!~"]);
    return `${path} ${sign} ${chance(g, 15) ? this.#template(pattern.replaceAll('\\"', '"')) : literal}`;
  }

  #like(path: string): string {
    const g = this.#g;
    if (chance(g, 30)) return this.#regex(path);
    const pieces = many(g, 4, () =>
      pick(g, ["%", "_", "a", "b", "ab", "😀", "%%", "\\%", "\\_", "\\\\", "*", "[a]", "é", "\u{10ffff}", "\0", '"']),
    );
    const pattern = pieces.join("");
    return `${path} like ${chance(g, 15) ? this.#template(pattern) : quoteText(pattern)}`;
  }

  #range(path: string, type: FilterType): string {
    const g = this.#g;
    const [a, b] = [drawScalar(g, type === "Int8" ? "Int64" : type), drawScalar(g, type === "Int8" ? "Int64" : type)];
    const order = compare(a, b);
    if (order === 0) return `${this.#write(a)} <= ${path} <= ${this.#write(b)}`;
    const [low, high] = order < 0 ? [a, b] : [b, a];
    const [one, two] = [pick(g, ["<", "<="]), pick(g, ["<", "<="])];
    if (chance(g, 30))
      return `${this.#write(high)} ${two.replace("<", ">")} ${path} ${one.replace("<", ">")} ${this.#write(low)}`;
    return `${this.#write(low)} ${one} ${path} ${two} ${this.#write(high)}`;
  }

  #bitwise(path: string): string {
    const g = this.#g;
    const mask = this.#write(drawInteger(g));
    const operator = pick(g, ["&", "|", "^"]);
    const bits = chance(g, 20) ? `${mask} ${operator} ${path}` : `${path} ${operator} ${mask}`;
    return `(${bits}) ${pick(g, COMPARISONS)} ${this.#write(drawInteger(g))}`;
  }

  #arithmetic(path: string, type: FilterType): string {
    const g = this.#g;
    if (type !== "Float" && type !== "Double" && chance(g, 25)) return this.#bitwise(path);
    const float = type === "Float" || type === "Double" || (type === "JSON" && chance(g, 30));
    const operator = pick(g, float ? ["+", "-", "*", "/"] : ["+", "-", "*", "/", "%"]);
    const by = float ? drawDouble(g) : drawInteger(g);
    const divisor = (operator === "/" || operator === "%") && Math.fround(Number(by)) === 0 ? 3n : by;
    const constant = float && typeof divisor === "bigint" ? Number(divisor) : divisor;
    const value = float ? drawDouble(g) : drawInteger(g);
    const left =
      (operator === "+" || operator === "*") && chance(g, 20)
        ? `${this.#write(constant)} ${operator} ${path}`
        : `${path} ${operator} ${this.#write(constant)}`;
    return `${left} ${pick(g, COMPARISONS)} ${this.#write(value)}`;
  }

  #timestamp(name: string): string {
    const g = this.#g;
    const interval = chance(g, 50)
      ? ` ${pick(g, ["+", "-"])} INTERVAL '${pick(g, ["P1D", "PT1H", "P1M", "P1Y2M3DT4H5M6S", "P13M"])}'`
      : "";
    const instant = `ISO '${pick(g, INSTANTS)}'`;
    const operator = pick(g, COMPARISONS);
    return chance(g, 30) ? `${instant} ${operator} ${name}${interval}` : `${name}${interval} ${operator} ${instant}`;
  }

  #anyConstant(): unknown {
    const g = this.#g;
    return drawScalar(g, pick(g, ["Bool", "Int64", "Int64", "Double", "VarChar"] as const));
  }

  #arrayLiteral(): string {
    return `[${many(this.#g, 3, () => this.#write(this.#anyConstant())).join(", ")}]`;
  }

  #json(path: string, root: boolean): string {
    const g = this.#g;
    switch (below(g, 11)) {
      case 0:
        return root ? `${path} is null` : `${path} is ${pick(g, ["null", "not null"])}`;
      case 1:
        return root ? `${path} is not null` : `exists ${path}`;
      case 2:
        return `${path} ${pick(g, ["in", "not in"])} ${this.#list(4, () => this.#anyConstant())}`;
      case 3:
        return `${path} in [${many(g, 2, () => this.#arrayLiteral()).join(", ")}]`;
      case 4:
        return this.#like(path);
      case 5:
        return this.#range(path, pick(g, ["Int64", "Double", "VarChar"] as const));
      case 6:
        return this.#arithmetic(path, "JSON");
      case 7:
        return path.startsWith("$meta") && !path.includes("[")
          ? this.#json(`${path}["a"]`, false)
          : `array_length(${path}) ${pick(g, COMPARISONS)} ${below(g, 4)}`;
      case 8:
        return `json_contains(${path}, ${chance(g, 25) ? this.#arrayLiteral() : this.#write(this.#anyConstant())})`;
      case 9:
        return `${pick(g, ["json_contains_all", "JSON_CONTAINS_ANY", "array_contains_all"])}(${path}, ${this.#list(3, () => this.#anyConstant())})`;
      default: {
        const operator = pick(g, COMPARISONS);
        if (chance(g, 12)) return `${path} ${operator} ${this.#arrayLiteral()}`;
        return `${path} ${operator} ${this.#constant(pick(g, ["Bool", "Int64", "Double", "VarChar"] as const))}`;
      }
    }
  }

  #array(field: FieldText): string {
    const g = this.#g;
    const { name, element = "Int64" } = field;
    const list = (): string =>
      `[${[drawScalar(g, element), ...many(g, 3, () => drawScalar(g, element))].map((v) => this.#write(v)).join(", ")}]`;
    switch (below(g, 6)) {
      case 0:
        return `array_length(${name}) ${pick(g, COMPARISONS)} ${below(g, 5)}`;
      case 1:
        return `array_contains(${name}, ${this.#constant(element === "Int8" ? "Int64" : element)})`;
      case 2:
        return `${pick(g, ["array_contains_all", "array_contains_any"])}(${name}, ${this.#list(3, () => drawScalar(g, element))})`;
      case 3:
        return `${name} ${pick(g, ["==", "!="])} ${list()}`;
      case 4:
        return `${name} ${pick(g, ["in", "not in"])} [${many(g, 2, list).join(", ")}]`;
      default:
        return this.#scalar(`${name}[${below(g, 4)}]`, element);
    }
  }
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  return (a as bigint) < (b as bigint) ? -1 : (a as bigint) > (b as bigint) ? 1 : 0;
}
