import { failure } from "../errors.js";

/** A password of the RPC protocol: base64 of its text. @throws PasswordUnreadable */
export function passwordText(base64: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
    throw failure("PasswordUnreadable");
  }
  return Buffer.from(base64, "base64").toString("utf8");
}
