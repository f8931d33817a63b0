/** What the server has refused, in its own words. */
export class Refused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface About {
  /** The Milvus that clients are told of. */
  readonly announced: string;
  readonly writes: boolean;
  readonly login: "none" | "password" | "secret";
  /** Whom the page is about, where it comes from somebody else. */
  readonly server?: { readonly address: string; readonly isElanus: boolean };
}

export type Row = Readonly<Record<string, unknown>>;
export interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
  readonly topks?: readonly number[];
}

const NOT_AUTHENTICATED = 1800;
const KEY = "elanus-session";

/** Asks the server that the page comes from: REST v2, and what `studio/` has beside it. Credentials are kept in memory only. */
export class Client {
  #token: string | undefined;
  /** Called when credentials are asked for. */
  onSignedOut: (reason: string) => void = () => {};

  /** @param user empty for an API key */
  signIn(user: string, password: string): void {
    this.#token = user === "" ? password : `${user}:${password}`;
  }

  signOut(): void {
    this.#token = undefined;
    sessionStorage.removeItem(KEY);
    this.onSignedOut("");
  }

  /**
   * Comes in by the secret behind `#` in the address. What it is exchanged for lives no longer than the command that printed the
   * address, and is kept for this tab, so that the page can be loaded again.
   */
  async enter(secret: string | undefined): Promise<boolean> {
    if (secret !== undefined) {
      const { token } = (await this.local("session", { secret })) as { readonly token: string };
      sessionStorage.setItem(KEY, token);
    }
    this.#token = sessionStorage.getItem(KEY) ?? undefined;
    return this.#token !== undefined;
  }

  about(): Promise<About> {
    return this.#send("GET", "/studio/about").then(({ data }) => data as About);
  }

  /** What REST v2 has not. */
  local(path: string, body: object = {}, signal?: AbortSignal): Promise<unknown> {
    return this.#send("POST", `/studio/${path}`, body, signal).then(({ data }) => data);
  }

  /** An operation of REST v2. */
  async call<T>(path: string, body: object = {}, signal?: AbortSignal): Promise<T> {
    return (await this.answer(path, body, signal)).data as T;
  }

  /** The same, with what stands beside the data. */
  answer(path: string, body: object, signal?: AbortSignal): Promise<Envelope> {
    return this.#send("POST", `/v2/vectordb/${path}`, body, signal);
  }

  /** Rows, or the hits of a search. */
  rows(path: `entities/${"get" | "query" | "search"}`, body: object, signal?: AbortSignal): Promise<readonly Row[]> {
    return this.call(path, body, signal);
  }

  async #send(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Envelope> {
    const headers: Record<string, string> = { "Accept-Type-Allow-Int64": "false" };
    if (this.#token !== undefined) headers["Authorization"] = `Bearer ${asBytes(this.#token)}`;
    const response = await fetch(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    }).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      throw new Refused(0, "the server does not answer: has it been stopped?");
    });
    const envelope = (await response.json().catch(() => undefined)) as Envelope | undefined;
    if (envelope === undefined)
      throw new Refused(response.status, `the server answered with status ${response.status}`);
    if (envelope.code === 0) return envelope;
    const refused = new Refused(envelope.code, envelope.message ?? "");
    if (refused.code === NOT_AUTHENTICATED && path !== "/studio/session") this.onSignedOut(refused.message);
    throw refused;
  }
}

/** Headers are bytes: those of UTF-8. */
function asBytes(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

export function messageOf(error: unknown): string {
  return error instanceof Refused
    ? error.code === 0
      ? error.message
      : `${error.code}: ${error.message}`
    : String(error);
}
