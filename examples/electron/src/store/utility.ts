// The entry of the utility process: the database, and what answers the calls of the main process.
import { Elanus } from "elanus";
import type { Answer, Call, Message, PlainResponse, Results } from "./messages.js";

let opening: Promise<Elanus> | undefined;

async function answer(call: Call): Promise<Results[Call["kind"]]> {
  if (call.kind === "open") {
    opening = Elanus.open(call.file);
    await opening;
    return undefined;
  }
  if (opening === undefined) throw new Error("the store is not open");
  const db = await opening;
  if (call.kind === "request") return db.request(call.path, call.body);
  if (call.kind === "fetch") return fetched(db, call.request);
  return db.close() as Promise<undefined>;
}

async function fetched(
  db: Elanus,
  { url, body, method, headers }: Extract<Call, { kind: "fetch" }>["request"],
): Promise<PlainResponse> {
  const init = { method, headers: headers.map(([name, value]): [string, string] => [name, value]) };
  const response = await db.fetch(new Request(url, body === undefined ? init : { ...init, body }));
  return { status: response.status, headers: [...response.headers], body: await response.arrayBuffer() };
}

process.parentPort.on("message", async ({ data }) => {
  const { id, call } = data as Message;
  const said: Answer = await answer(call).then(
    (value) => ({ id, value }),
    (error: unknown) => ({ id, message: error instanceof Error ? error.message : String(error) }),
  );
  process.parentPort.postMessage(said);
});
