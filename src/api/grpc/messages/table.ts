import { createCodecs } from "../wire/codec.js";
import type { Read, Written } from "../wire/field-table.js";
import { readMessage } from "../wire/read.js";
import { writeFrame, writeMessage } from "../wire/write.js";
import { writeLongLists } from "../wire/write-in-slices.js";
import { accessMessages } from "./access.js";
import { collectionMessages } from "./collections.js";
import { commonMessages } from "./common.js";
import { dataMessages } from "./data.js";
import { databaseMessages } from "./databases.js";
import { fileResourceMessages } from "./file-resources.js";
import { indexMessages } from "./indexes.js";
import { introspectionMessages } from "./introspection.js";
import { maintenanceMessages } from "./maintenance.js";
import { partitionMessages } from "./partitions.js";
import { refusedMessages } from "./refused.js";
import { schemaMessages } from "./schema.js";
import { searchMessages } from "./search.js";
import { sessionMessages } from "./session.js";
import { snapshotMessages } from "./snapshots.js";

/**
 * THE table of messages: names and numbers as Milvus' clients have them, only what is read or written here. Fields that are not
 * in it are passed over.
 */
export const messages = {
  ...commonMessages,
  ...schemaMessages,
  ...sessionMessages,
  ...collectionMessages,
  ...partitionMessages,
  ...indexMessages,
  ...dataMessages,
  ...searchMessages,
  ...maintenanceMessages,
  ...introspectionMessages,
  ...databaseMessages,
  ...accessMessages,
  ...snapshotMessages,
  ...fileResourceMessages,
  ...refusedMessages,
} as const;

export type MessageName = keyof typeof messages;
/** A message as it was received. */
export type Received<Name extends MessageName> = Read<typeof messages, Name>;
/** A message to be sent. */
export type Sent<Name extends MessageName> = Written<typeof messages, Name>;

const codecOf = createCodecs(messages);

/** @throws MalformedMessage, MessageTooLarge */
export function decode<Name extends MessageName>(name: Name, bytes: Uint8Array): Received<Name> {
  return readMessage(codecOf(name), bytes) as Received<Name>;
}

export function encode<Name extends MessageName>(name: Name, message: Sent<Name>): Buffer {
  return writeMessage(codecOf(name), message);
}

/** A message as gRPC sends it, with its head, in parts. @throws MessageTooLarge for more than `maxBytes` */
export function encodeFrame<Name extends MessageName>(
  name: Name,
  message: Sent<Name>,
  maxBytes?: number,
): readonly Uint8Array[] {
  return writeFrame(codecOf(name), message, maxBytes);
}

/** The same message; what takes long to write is written already, in slices between which the event loop runs. */
export function encodeLongLists(name: MessageName, message: object): object | Promise<object> {
  return writeLongLists(codecOf(name), message as Readonly<Record<string, unknown>>);
}
