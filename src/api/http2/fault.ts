/** Error codes of HTTP/2 (RFC 9113, section 7). */
export const ErrorCode = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
  enhanceYourCalm: 11,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** What the other side sent ends the whole connection. */
export class Http2Fault extends Error {
  override readonly name: string = "Http2Fault";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Something that the protocol forbids. */
export function violation(text: string): Http2Fault {
  return new Http2Fault(ErrorCode.protocol, text);
}
