import { randomBytes } from "node:crypto";
import type { Authenticate } from "../engine-port.js";
import type { PageOptions } from "../listen.js";

/** May do everything, as who holds the database in this process. */
const HOLDER = { user: "root" } as const;

/** Who has come to a page by a one-time text. */
export class PageSessions {
  readonly #page: PageOptions;
  /** Drawn for those who come in with the rights of this process. */
  readonly #tokens = new Set<string>();

  constructor(page: PageOptions) {
    this.#page = page;
  }

  /** What lets in from now on who comes with this text; undefined where it lets nobody in. */
  begin(secret: string): string | undefined {
    const given = this.#page.exchange?.(secret);
    if (given !== true) return given;
    const token = randomBytes(32).toString("base64url");
    this.#tokens.add(token);
    return token;
  }

  /** Lets them in, and whoever else may come. @param others absent: nobody else may, once there is a text to be exchanged */
  authenticate(others: Authenticate | undefined): Authenticate | undefined {
    if (this.#page.exchange === undefined) return others;
    return (credential) => {
      if (credential.kind === "key" && this.#tokens.has(credential.key)) return HOLDER;
      return others?.(credential) ?? "wrong";
    };
  }
}
