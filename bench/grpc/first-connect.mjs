// Prints the milliseconds from `listen` to the answer of the first Connect.
import { connect } from "node:http2";
import { Elanus } from "../lib/elanus.mjs";

const db = await Elanus.open(":memory:");
const start = performance.now();
const { port } = await db.listen({ port: 0 });
const session = connect(`http://127.0.0.1:${port}`);
const stream = session.request({
  ":method": "POST",
  ":path": "/milvus.proto.milvus.MilvusService/Connect",
  "content-type": "application/grpc",
  te: "trailers",
});
stream.end(Buffer.alloc(5));
for await (const _ of stream);
console.log(performance.now() - start);
session.destroy();
await db.close();
