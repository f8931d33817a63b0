// A gRPC server that says what another one said: it first hands every call on and keeps the last reply of each RPC, then, told
// to replay, answers with these bytes at once. What a client needs against it is what the client itself costs.
//
//   node canned-server.mjs <port of the server to ask>     prints its own port
import { connect, createServer } from "node:http2";

const upstream = connect(`http://127.0.0.1:${process.argv[2]}`, { settings: { initialWindowSize: 64 * 1024 * 1024 } });
const replies = new Map();
/** A message without fields: success, in most replies. */
const EMPTY = Buffer.alloc(5);
let replaying = false;

/** The whole body of a stream. */
async function bodyOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function ask(headers, body) {
  const path = headers[":path"];
  const stream = upstream.request({ ...headers, ":authority": "127.0.0.1" });
  stream.end(body);
  replies.set(path, await bodyOf(stream));
}

const server = createServer({
  settings: { initialWindowSize: 4 * 1024 * 1024, maxConcurrentStreams: 1000 },
  maxSessionMemory: 1024,
});
server.on("session", (session) => session.setLocalWindowSize(16 * 1024 * 1024));
server.on("stream", async (stream, headers) => {
  stream.on("error", () => {});
  const path = headers[":path"];
  if (replaying) {
    for await (const _ of stream);
  } else await ask(headers, await bodyOf(stream));
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(replies.get(path) ?? EMPTY);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.on("message", () => {
  replaying = true;
  process.send("replaying");
});
process.on("disconnect", () => process.exit());
