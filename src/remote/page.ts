import { createApi } from "../api/index.js";
import type { ElanusServer, ListenOptions } from "../api/listen.js";
import { contract, isOperation } from "../engine/contract/table.js";
import { failure } from "../errors.js";
import type { RemoteEngine } from "./remote-engine.js";
import type { Server } from "./server.js";

/**
 * A port of this machine that shows the page for a server. It answers REST and gRPC by itself, with what the server says to requests of this
 * client; without `page.writes` nothing that writes gets past it.
 *
 * @throws InvalidParameter, Unavailable
 */
export function listenWithPage(engine: RemoteEngine, server: Server, options: ListenOptions): Promise<ElanusServer> {
  const writes = options.page?.writes === true;
  const api = createApi(
    {
      requireOpen: engine.requireOpen,
      permit: engine.permit,
      execute(path, request, given) {
        if (!writes && !(isOperation(path) && !contract[path].writes)) return Promise.reject(onlyShown());
        return engine.execute(path, request, given);
      },
    },
    { behind: { address: server.client.address.text, isElanus: () => server.isElanus() } },
  );
  return api.listen(options);
}

function onlyShown(): Error {
  return failure("Unsupported", { what: "the page only shows: what changes the server is not passed on to it" });
}
