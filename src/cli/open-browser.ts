import { spawn } from "node:child_process";

/** Opens an address in the browser of the desktop. @param complain is told when there is none */
export function openBrowser(address: string, complain: (text: string) => void): void {
  const [command, ...args] = opener(address);
  const child = spawn(command, args, { detached: true, stdio: "ignore" });
  child.once("error", ({ message }) => complain(`elanus: no browser can be opened: ${message}\n`));
  child.unref();
}

function opener(address: string): readonly [string, ...string[]] {
  if (process.platform === "darwin") return ["open", address];
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", address];
  return ["xdg-open", address];
}
