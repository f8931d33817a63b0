import type { IncomingMessage } from "node:http";
import { failure } from "../errors.js";
import type { DoubleForm } from "../values/json-parser.js";
import { parseJson } from "../values/json-reader.js";

/** The JSON of an answer, read without lost digits. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/**
 * The whole text of an answer.
 * @throws ServerUnreachable when the connection ends before the answer does
 */
export async function readAnswer(response: IncomingMessage, address: string, signal: AbortSignal): Promise<Answer> {
  const { statusCode: status = 0, headers } = response;
  const pieces: Buffer[] = [];
  try {
    for await (const piece of response) pieces.push(piece as Buffer);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const got = pieces.reduce((sum, { length }) => sum + length, 0);
    const reason = `the connection ended ${got} bytes into the answer: ${(error as Error).message}`;
    throw failure("ServerUnreachable", { server: address, reason, sent: true }, error);
  }
  try {
    return { status, headers, text: Buffer.concat(pieces).toString("utf8") };
  } catch (error) {
    const reason = `the answer is longer than a text may be: ${(error as Error).message}`;
    throw failure("AnswerUnreadable", { server: address, reason, status }, error);
  }
}

/** A row as REST v2 prints it. */
export type WireRow = Readonly<Record<string, unknown>>;

/** The keys of an answer of REST v2; `code` is there in each of them. */
export type AnswerEnvelope = Readonly<Record<string, unknown>> & { readonly code: number };

/**
 * What an answer of REST v2 says.
 *
 * @param doubles how numbers are read that were written as doubles
 * @throws AnswerUnreadable for everything that no Milvus says
 */
export function readEnvelope(answer: Answer, address: string, doubles: DoubleForm): AnswerEnvelope {
  const value = readJson(answer, address, doubles);
  if (typeof value["code"] !== "number") throw unreadable(answer, address, "is none of Milvus");
  return value as AnswerEnvelope;
}

/** The JSON object that an answer is, of whatever surface. @throws AnswerUnreadable */
export function readJson(answer: Answer, address: string, doubles: DoubleForm): Readonly<Record<string, unknown>> {
  const { status, headers, text } = answer;
  if (status >= 300 && status < 400) {
    throw unreadable(answer, address, `leads to ${headers.location ?? "another place"}, where none follows`);
  }
  let value: unknown;
  try {
    value = parseJson(text, doubles);
  } catch (error) {
    throw unreadable(answer, address, `is no JSON (${(error as Error).message})`, error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unreadable(answer, address, "is no JSON object");
  }
  return value as Readonly<Record<string, unknown>>;
}

const MAX_SHOWN = 120;

function unreadable({ status, headers, text }: Answer, address: string, what: string, cause?: unknown): Error {
  const type = headers["content-type"] ?? "no content type";
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  const reason = `the answer (HTTP ${status}, ${type}) ${what}: ${JSON.stringify(shown)}`;
  return failure("AnswerUnreadable", { server: address, reason, status }, cause);
}
