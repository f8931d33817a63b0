import type { Authenticate } from "../../src/api/engine-port.js";
import { Authenticator, type Credential } from "../../src/engine/access/authenticator.js";
import { credentialOf, hashNow, Passwords } from "../../src/engine/access/passwords.js";

/** Lets these users and keys in, without a database. */
export function authenticateAs(auth: {
  readonly users?: Readonly<Record<string, string>>;
  readonly apiKeys?: readonly string[];
}): Authenticate {
  const kept = new Map(Object.entries(auth.users ?? {}).map(([name, password]) => [name, hashNow(password)]));
  const authenticator = new Authenticator({
    apiKeys: auth.apiKeys ?? [],
    passwords: new Passwords(),
    userOf(name) {
      const password = kept.get(name);
      if (password === undefined) return undefined;
      return { id: 1, name, password, credential: credentialOf(password), description: "", roles: [] };
    },
  });
  return (credential: Credential) => authenticator.authenticate(credential);
}
