import { stringifyJson } from "../../api/json.js";
import { contract, isOperation } from "../../engine/contract/table.js";
import { type ElanusError, isElanusError } from "../../errors.js";
import type { Elanus } from "../../index.js";
import type { Ask } from "../../inspect/recall.js";
import { type Collection, keyField, keyValue, plainFields, searchedFields, textFields } from "../../inspect/schema.js";
import { countText } from "../../inspect/values.js";
import { methodOf } from "../../namespaces.js";
import { UsageError } from "../arguments.js";
import { askOf } from "../ask.js";
import { commandOf, operationOf } from "../commands.js";
import { type Look, tellAll, tellOne } from "../inspect.js";
import type { Io } from "../io.js";
import { readOperation } from "../operate.js";
import { commandFields } from "../request.js";
import { fitted, rowTable, safe, tableOf, widthOf } from "../table.js";
import { faultText } from "./fault-text.js";
import { splitWords } from "./split-words.js";

export const SHELL_HELP = `A line is a filter: it shows the rows of the collection that it selects; an empty one shows the first rows.

  .use <collection>        ask this collection from now on; .use alone lists them
  .describe                fields, partitions, indexes and some rows of the collection
  .recall                  the same, and what part of the nearest rows the indexes find
  .like <key>              rows that are like this one
  .text <words>            rows that are like a text
  .near <vector>           rows that are like a vector: .near [0.1, 0.2]
  .limit <n>               rows that are shown, 10 at the beginning
  .database <name>         ask another database
  .<group> <action> ...    any operation: .partitions list, .insert --data '[...]' ; the collection need not be named
  .help, .exit             this; the end, as Ctrl-D
`;

type Row = Readonly<Record<string, unknown>>;
const MOST_ROWS = 16_384;
/** Of a terminal that does not say how many it has. */
const COLUMNS = 80;

/** What a session of the shell knows from line to line. */
export class ShellSession {
  readonly #db: Elanus;
  readonly #io: Io;
  readonly #writes: boolean;
  #database = "default";
  #limit = 10;
  collection: Collection | undefined;
  names: readonly string[] = [];
  ended = false;
  /** Of the line that is answered. */
  #signal: AbortSignal | undefined;

  constructor(db: Elanus, io: Io, writes: boolean) {
    this.#db = db;
    this.#io = io;
    this.#writes = writes;
  }

  /** Of a long name a part: half of a line is for what is typed. */
  get prompt(): string {
    const most = Math.floor((this.#io.columns ?? COLUMNS) / 2);
    return `${fitted(safe(this.collection?.collectionName ?? "elanus"), most).trimEnd()}> `;
  }

  get #ask(): Ask {
    return askOf(this.#db, this.#signal);
  }

  /** Does what a line says, and tells what is wrong with it. @param signal gives it up */
  async run(line: string, signal?: AbortSignal): Promise<void> {
    this.#signal = signal;
    try {
      const text = line.trim();
      if (text.startsWith(".")) await this.#command(text.slice(1));
      else if (this.collection !== undefined) await this.#filter(line);
      else if (text !== "") throw new UsageError("which collection? .use <collection>, or .help");
    } catch (error) {
      this.#tell(error, line);
    }
  }

  #tell(error: unknown, line: string): void {
    if (error instanceof UsageError) this.#io.out(`${error.message}\n`);
    else if (isElanusError(error, "Canceled")) this.#io.out("given up\n");
    else if (isElanusError(error)) this.#io.out(this.#refusal(error, line));
    else throw error;
  }

  #refusal({ kind, code, message, details }: ElanusError, line: string): string {
    const { range, detail } = details as { range?: { start: number; end: number }; detail?: string };
    if (kind !== "InvalidExpression" || range === undefined || line.trim().startsWith(".")) {
      return `${code}: ${safe(message)}\n`;
    }
    // Who is at a terminal sees what he has typed behind the prompt.
    const indent = this.#io.prompter === undefined ? undefined : widthOf(this.prompt);
    return faultText({ filter: line, ...range, text: String(detail) }, indent, this.#io);
  }

  async refresh(): Promise<void> {
    this.names = (await this.#ask("collections/list", { dbName: this.#database })).data as readonly string[];
    const [only] = this.names;
    if (this.collection === undefined && this.names.length === 1) await this.#use(only as string);
  }

  async #use(name: string): Promise<void> {
    const { data } = await this.#ask("collections/describe", this.#at(name));
    this.collection = data as Collection;
  }

  #at(collectionName = this.#chosen.collectionName) {
    return { dbName: this.#database, collectionName };
  }

  get #chosen(): Collection {
    if (this.collection === undefined) throw new UsageError("which collection? .use <collection>");
    return this.collection;
  }

  get #look(): Look {
    return { ask: this.#ask, db: this.#db, io: this.#io, dbName: this.#database };
  }

  async #filter(filter: string): Promise<void> {
    const ask = this.#ask;
    const rows = (
      await ask("entities/query", {
        ...this.#at(),
        filter,
        outputFields: plainFields(this.#chosen),
        limit: this.#limit,
      })
    ).data as readonly Row[];
    const counted = (await ask("entities/query", { ...this.#at(), filter, outputFields: ["count(*)"] })).data;
    const [{ "count(*)": count } = {}] = counted as readonly Row[];
    this.#show(rows, countText(count, "row"));
  }

  #show(rows: readonly Row[], said: string): void {
    const table = rows.length === 0 ? "" : rowTable(rows, this.#io);
    this.#io.out(`${table}${said}\n`);
  }

  async #search(sought: object, annsField: string): Promise<void> {
    const { data } = await this.#ask("entities/search", {
      ...this.#at(),
      ...sought,
      annsField,
      outputFields: plainFields(this.#chosen),
      limit: this.#limit,
    });
    const hits = (data as readonly Row[]).map(({ distance, ...row }) => ({ distance, ...row }));
    this.#show(hits, countText(hits.length, "hit"));
  }

  async #command(text: string): Promise<void> {
    const [, name = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
    if (rest === "" && Object.hasOwn(SOUGHT, name)) throw new UsageError(`.${name} takes ${SOUGHT[name]}`);
    switch (name) {
      case "help":
        return this.#io.out(SHELL_HELP);
      case "exit":
      case "quit":
        this.ended = true;
        return;
      case "use":
        if (rest !== "") return this.#use(rest);
        return tellAll(this.#look);
      case "describe":
        return tellOne(this.#look, this.#chosen.collectionName, 3, false);
      case "recall":
        return tellOne(this.#look, this.#chosen.collectionName, 0, true);
      case "like":
        return this.#search({ ids: [keyValue(rest, keyField(this.#chosen))] }, this.#searched(false));
      case "text":
        return this.#search({ data: [rest] }, this.#searched(true));
      case "near":
        return this.#search({ data: [vectorOf(rest)] }, this.#searched(false));
      case "limit":
        if (!/^\d+$/.test(rest) || Number(rest) < 1 || Number(rest) > MOST_ROWS) {
          throw new UsageError(`.limit takes 1 to ${MOST_ROWS}`);
        }
        this.#limit = Number(rest);
        return;
      case "database":
        this.#database = rest === "" ? "default" : rest;
        this.collection = undefined;
        return this.refresh();
      default:
        return this.#operation(text);
    }
  }

  #searched(byText: boolean): string {
    const texts = textFields(this.#chosen);
    const found = searchedFields(this.#chosen).find(({ field }) => !byText || texts.has(field.name));
    if (found === undefined) {
      throw new UsageError(
        byText ? "no field of the collection can be searched by a text" : "no vector field has an index",
      );
    }
    return found.field.name;
  }

  /** Any operation, as the command line has it. */
  async #operation(text: string): Promise<void> {
    const argv = splitWords(text);
    const firstOption = argv.findIndex((word) => word.startsWith("-"));
    const words = firstOption < 0 ? argv : argv.slice(0, firstOption);
    const found = operationOf(
      words,
      argv.some((word) => word === "-p" || word.startsWith("--partition")),
    );
    if (found === undefined) throw new UsageError(`there is no .${words.join(" ")}: .help`);
    // A file of an older format is open for writing all the same, and so is what another process owns.
    if (!this.#writes && isOperation(found.path) && contract[found.path].writes) {
      throw new UsageError(`this session only reads: elanus shell --write may ${commandOf(found.path)}`);
    }
    const read = await readOperation(found.path, found.used, argv, this.#io);
    if (read === undefined) throw new UsageError(`elanus help ${words.join(" ")} tells its options`);
    const fields = commandFields(found.path);
    const request = {
      ...("dbName" in fields && { dbName: this.#database }),
      ...("collectionName" in fields && this.collection !== undefined && this.#at()),
      ...read.request,
    };
    const data = await methodOf(this.#db, found.path)(request, this.#signal && { signal: this.#signal });
    this.#io.out(Array.isArray(data) ? tableOf(data, this.#io) : `${stringifyJson(data)}\n`);
    await this.refresh();
    if (this.collection !== undefined && !this.names.includes(this.collection.collectionName))
      this.collection = undefined;
  }
}

/** What searches are for. */
const SOUGHT: Readonly<Record<string, string>> = { like: "the key of a row", text: "words", near: "a vector" };

/** @throws UsageError for what is no vector */
function vectorOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`this is no vector: ${(error as Error).message}`);
  }
}
