import { isElanusError } from "../../errors.js";
import type { Elanus, Envelope } from "../../index.js";
import { answerText } from "./answer-size.js";

export interface ToolAnswer {
  readonly text: string;
  /** It could not be done; the text says why. */
  readonly failed: boolean;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: ToolInput;
  readonly annotations: Readonly<Record<string, unknown>>;
  call(db: Elanus, given: Given): Promise<ToolAnswer>;
}

/** What a tool takes, as JSON Schema. */
export interface ToolInput {
  readonly type: "object";
  readonly properties: Readonly<Record<string, Argument>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

export interface Argument {
  readonly type: "string" | "integer" | "array" | readonly ["string", "integer"];
  readonly description: string;
  readonly items?: object;
  readonly minimum?: number;
  readonly maximum?: number;
}

export type Given = Readonly<Record<string, unknown>>;

interface ToolDefinition extends Omit<Tool, "call" | "inputSchema" | "annotations"> {
  readonly takes: Readonly<Record<string, Argument>>;
  readonly required?: readonly string[];
  readonly writes?: boolean;
  run(ask: Ask, given: Given): Promise<string>;
}

/** Runs an operation of REST v2. @throws Refused */
export type Ask = (path: string, body: object) => Promise<Envelope>;

/** What the one who asked can mend. */
export class Refused extends Error {}

/** A tool whose arguments are looked at before it runs, and whose refusals are answers: a model reads them and tries again. */
export function defineTool({ takes, required = [], writes = false, run, name, description }: ToolDefinition): Tool {
  const inputSchema: ToolInput = {
    type: "object",
    properties: takes,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
  return {
    name,
    description,
    inputSchema,
    annotations: { readOnlyHint: !writes, destructiveHint: name === "delete", openWorldHint: false },
    async call(db, given) {
      const ask: Ask = async (path, body) => {
        const envelope = await db.request(`/v2/vectordb/${path}`, body);
        if (envelope.code === 0) return envelope;
        throw new Refused(`${envelope.code}: ${envelope.message}`);
      };
      try {
        checkArguments(inputSchema, given);
        return { text: answerText(await run(ask, given)), failed: false };
      } catch (error) {
        if (error instanceof Refused) return { text: answerText(error.message), failed: true };
        if (isElanusError(error)) return { text: answerText(`${error.code}: ${error.message}`), failed: true };
        throw error;
      }
    },
  };
}

function checkArguments({ properties, required = [] }: ToolInput, given: Given): void {
  const missing = required.find((name) => given[name] === undefined);
  if (missing !== undefined) throw new Refused(`the argument "${missing}" is missing`);
  for (const [name, value] of Object.entries(given)) {
    const argument = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (argument === undefined) {
      throw new Refused(`there is no argument "${name}": there are ${Object.keys(properties).join(", ")}`);
    }
    const types = typeof argument.type === "string" ? [argument.type] : argument.type;
    if (!types.some((type) => isOf(type, value))) throw new Refused(`"${name}" must be of type ${types.join(" or ")}`);
    const { minimum, maximum } = argument;
    const out =
      (minimum !== undefined && Number(value) < minimum) || (maximum !== undefined && Number(value) > maximum);
    if (out) throw new Refused(`"${name}" must be ${minimum} to ${maximum}`);
  }
}

function isOf(type: string, value: unknown): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value) || typeof value === "bigint";
  return typeof value === type;
}
