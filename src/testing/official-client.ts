import type { EngineOptions } from "../engine/index.js";
import { failure } from "../errors.js";
import { loadPackage } from "../runtime/packages.js";

const PACKAGE = "@zilliz/milvus2-sdk-node";

/** What the classes of the official client are made with. */
export interface ClientConfig {
  readonly address: string;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  /** Its default prints every request and reply under test runners. */
  readonly logLevel: string;
}

/** A class of the official client. */
export type ClientClass<Client> = new (config: ClientConfig) => Client;

/** Clients that were made for somebody, to be closed when he forgets to. */
export class OfficialClients {
  readonly #open = new Set<object>();
  readonly #credentials: Credentials;

  constructor(auth: EngineOptions["auth"]) {
    this.#credentials = credentialsOf(auth);
  }

  /** @throws Unavailable where the package is not installed */
  async grpc<Client>(address: string, given?: ClientClass<Client>): Promise<Client> {
    const Client = given ?? (exported("MilvusClient") as ClientClass<Client>);
    const client = new Client({ address, ...this.#credentials, logLevel: "warn" });
    this.#open.add(client as object);
    // Without waiting the first failure of the connection would come to nobody.
    await (client as { readonly connectPromise?: Promise<unknown> }).connectPromise;
    return client;
  }

  /** @throws Unavailable where the package is not installed */
  http<Client>(url: string, given?: new (config: HttpConfig) => Client): Client {
    const Client = given ?? (exported("HttpClient") as new (config: HttpConfig) => Client);
    const { username, password, token } = this.#credentials;
    const shown = token ?? (username === undefined ? undefined : `${username}:${password}`);
    return new Client({ endpoint: url, ...(shown !== undefined && { token: shown }) });
  }

  async close(): Promise<void> {
    const clients = [...this.#open] as { closeConnection?(): Promise<unknown> }[];
    this.#open.clear();
    await Promise.allSettled(clients.map(async (client) => client.closeConnection?.()));
  }
}

/** What the HTTP client of the official package is made with. */
export interface HttpConfig {
  readonly endpoint: string;
  readonly token?: string;
}

type Credentials = Pick<ClientConfig, "username" | "password" | "token">;

function credentialsOf(auth: EngineOptions["auth"]): Credentials {
  const [first] = Object.entries(auth?.users ?? {});
  if (first !== undefined) {
    const [username, user] = first;
    return { username, password: typeof user === "string" ? user : user.password };
  }
  const [token] = auth?.apiKeys ?? [];
  return token === undefined ? {} : { token };
}

function exported(name: string): unknown {
  try {
    return (loadPackage("@zilliz/milvus2-sdk-node") as Readonly<Record<string, unknown>>)[name];
  } catch (cause) {
    const reason = `${name} needs the package ${PACKAGE} (npm i -D ${PACKAGE}): ${(cause as Error).message.split("\n")[0]}`;
    throw failure("Unavailable", { reason }, cause);
  }
}
