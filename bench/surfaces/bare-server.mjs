// What the runtime itself needs for a request: servers of node:http and node:http2 that read a request as ours do (whole body; its
// JSON), and answer bytes made before.
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";

process.once("message", ({ json, grpc }) => {
  const jsonAnswer = Buffer.from(json, "base64");
  const grpcAnswer = Buffer.from(grpc, "base64");
  const http = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      JSON.parse(Buffer.concat(chunks).toString("utf8"));
      response.writeHead(200, {
        "content-type": "application/json; charset=utf-8",
        "content-length": jsonAnswer.length,
      });
      response.end(jsonAnswer);
    });
  });
  const http2 = createHttp2Server();
  http2.on("sessionError", () => {});
  http2.on("stream", (stream) => {
    // Clients leave in the middle.
    stream.on("error", () => {});
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => {
      Buffer.concat(chunks);
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(grpcAnswer);
    });
  });
  http.listen(0, "127.0.0.1", () => {
    http2.listen(0, "127.0.0.1", () => process.send({ http: http.address().port, grpc: http2.address().port }));
  });
});
process.on("disconnect", () => process.exit());
