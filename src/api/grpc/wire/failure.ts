/** The bytes are not the message that they should be. */
export class MalformedMessage extends Error {
  override readonly name: string = "MalformedMessage";
}

/** A message that takes more memory than its size allows, or a reply that is longer than may be sent. */
export class MessageTooLarge extends Error {
  override readonly name: string = "MessageTooLarge";
}
