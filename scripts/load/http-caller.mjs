import { Agent, request as httpRequest } from "node:http";

/** Calls over REST, all clients through one pool of connections. */
export function createHttpCaller(url, clients) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients + 4 });
  const call = (path, body) =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
      const sent = httpRequest(`${url}/v2/vectordb/${path}`, { method: "POST", agent, headers }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
        response.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(text);
    });
  return { connect: () => call, close: () => agent.destroy() };
}
