import type { About } from "./client.js";
import { Fault } from "./fault.js";

interface SignInProps {
  readonly about: About;
  readonly reason: string;
  readonly onSignIn: (user: string, password: string) => void;
}

/** What stands before the data: a form for a name and a password, or how to come in by an address. */
export function SignIn({ about, reason, onSignIn }: SignInProps) {
  if (about.login === "secret") {
    return (
      <main class="door">
        <h1>Elanus Studio</h1>
        {reason !== "" && <Fault text={reason} />}
        <p>Open the newest address that the command printed: each of them lets in once.</p>
      </main>
    );
  }
  return (
    <main class="door">
      <h1>Elanus Studio</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          onSignIn(String(given.get("user")), String(given.get("password")));
        }}
      >
        <label>
          User
          <input name="user" autocomplete="username" placeholder="empty for an API key" />
        </label>
        <label>
          Password or API key
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <button type="submit" class="first">
          Sign in
        </button>
        {reason !== "" && <Fault text={reason} />}
      </form>
    </main>
  );
}
