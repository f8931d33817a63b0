import { describe, expect, it } from "vitest";
import { hashNow, matchesNow, Passwords } from "../../src/engine/access/passwords.js";

describe("a password", () => {
  it.each(["secret", "secret\0", "s".repeat(64)])("%j is itself alone: zeros at its end count", async (password) => {
    const passwords = new Passwords();
    const kept = await passwords.hash(password);
    expect(await passwords.matches(password, kept)).toBe(true);
    expect(matchesNow(password, hashNow(password))).toBe(true);
    for (const other of [`${password}\0`, password.slice(0, -1)]) {
      expect([other, await passwords.matches(other, kept)]).toEqual([other, false]);
    }
    expect(matchesNow(`${password}\0`, kept)).toBe(false);
  });

  it("that is kept already is known", () => {
    const kept = "scrypt:AAECAwQFBgcICQoLDA0ODw==:u2VYpjb2ixoCswS98sYkO9kvJRuXA5tdN+fgpbcEpww=";
    expect(matchesNow("secret1", kept)).toBe(true);
  });
});
