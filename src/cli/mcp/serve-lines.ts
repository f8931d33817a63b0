import { stringifyJson } from "../../api/json.js";
import { parseJson } from "../../engine/index.js";
import { isObject, type Message, PARSE_ERROR, RpcError, readMessage } from "./messages.js";
import { errorOf, type Session } from "./session.js";

/** A line that is longer is not kept: nobody asks for so much. */
const MAX_LINE = 64 * 1024 * 1024;
/** Requests that are answered at a time; while there are so many no more are read. */
const MAX_RUNNING = 16;

/**
 * Answers messages, one in a line, until there are no more, or nobody reads the answers.
 *
 * @param send one line
 * @param stopped resolves when no more are to be read
 */
export async function serveLines(
  input: AsyncIterable<Uint8Array>,
  send: (line: string) => void,
  session: Session,
  stopped: Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const take = async (line: string): Promise<void> => {
    const answer = await answerTo(line, session);
    if (answer !== undefined) send(`${stringifyJson(answer)}\n`);
  };
  const read = async (): Promise<void> => {
    for await (const line of linesOf(input)) {
      const work = take(line).finally(() => running.delete(work));
      running.add(work);
      if (running.size >= MAX_RUNNING) await Promise.race(running);
    }
  };
  await Promise.race([read(), stopped]);
  await Promise.all(running);
}

/** The lines of a stream of bytes; in the place of one that is too long comes a text that says so, and is no JSON. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input) {
    let begin = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, begin)) {
      pieces.push(chunk.subarray(begin, end));
      yield size > MAX_LINE ? `more than ${MAX_LINE} bytes` : Buffer.concat(pieces).toString("utf8");
      pieces = [];
      size = 0;
      begin = end + 1;
    }
    size += chunk.length - begin;
    if (size <= MAX_LINE) pieces.push(chunk.subarray(begin));
    else pieces = [];
  }
  if (pieces.length > 0 && size > 0) yield Buffer.concat(pieces).toString("utf8");
}

/** The answer to a line; undefined where none is due: to notifications. */
async function answerTo(line: string, session: Session): Promise<object | undefined> {
  if (/^\s*$/.test(line)) return undefined;
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (error) {
    const message = `Parse error: ${error instanceof Error ? error.message : String(error)}`;
    return failed(null, new RpcError(PARSE_ERROR, message));
  }
  if (!Array.isArray(value)) return answerOne(value, session);
  // A batch, as the version of March 2025 has it.
  if (value.length === 0) return answerOne(undefined, session);
  const answers = (await Promise.all(value.map((item) => answerOne(item, session)))).filter((one) => one !== undefined);
  return answers.length === 0 ? undefined : answers;
}

async function answerOne(value: unknown, session: Session): Promise<object | undefined> {
  let message: Message | undefined;
  try {
    message = readMessage(value);
  } catch (error) {
    return failed(isObject(value) ? value["id"] : null, error);
  }
  if (message?.id === undefined) return undefined;
  try {
    return { jsonrpc: "2.0", id: message.id, result: await session.answer(message) };
  } catch (error) {
    return failed(message.id, error);
  }
}

function failed(id: unknown, error: unknown): object {
  const known = typeof id === "string" || typeof id === "number" || typeof id === "bigint";
  return { jsonrpc: "2.0", id: known ? id : null, error: errorOf(error) };
}
