import type { EnginePort, Reply } from "../../src/api/engine-port.js";
import { createApi } from "../../src/api/index.js";
import { openServer } from "../../src/remote/open-server.js";

const open: (() => Promise<void>)[] = [];

/** An engine behind a server, as a client of it runs its operations. */
export function servedEngine(engine: EnginePort): (path: string, request: object) => Promise<Reply<unknown>> {
  const opening = (async () => {
    const server = await createApi(engine).listen({ port: 0 });
    const { engine: remote } = openServer(server.url, {});
    open.push(async () => {
      await remote.close();
      await server.close();
    });
    return remote;
  })();
  return async (path, request) => (await opening).execute(path, request);
}

export async function closeServed(): Promise<void> {
  await Promise.all(open.splice(0).map((close) => close()));
}
