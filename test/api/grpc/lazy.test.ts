import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { bundleSource } from "../../../scripts/build/sources.mjs";

it("needs nothing of Node's own HTTP/2, neither for HTTP/1.1 nor for gRPC", async () => {
  const entry = await bundleSource("src/index.ts");
  const script = `
    import { once } from "node:events";
    import { connect } from "node:net";
    import { Elanus } from ${JSON.stringify(entry)};
    const loaded = () => process.moduleLoadList.some((name) => name.includes("internal/http2"));
    const db = await Elanus.open(":memory:");
    const server = await db.listen({ port: 0 });
    // Not by node's own client: importing that loads HTTP/2.
    const plain = connect(server.port, "127.0.0.1");
    plain.write("GET / HTTP/1.1\\r\\nhost: localhost\\r\\n\\r\\n");
    const [answer] = await once(plain, "data");
    const states = [String(answer).slice(0, 12), loaded()];
    plain.destroy();
    const socket = connect(server.port, "127.0.0.1");
    socket.write("PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n");
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])); // empty SETTINGS
    const [settings] = await once(socket, "data");
    const SETTINGS = 4;
    states.push(settings[3] === SETTINGS, loaded());
    socket.destroy();
    await db.close();
    console.log(JSON.stringify(states));
  `;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(JSON.parse(out)).toEqual(["HTTP/1.1 404", false, true, false]);
});
