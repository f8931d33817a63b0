import { Slices } from "../../../values/slices.js";
import type { FieldCodec, MessageCodec } from "./codec.js";
import { EncodedMessage, MappedList } from "./long-lists.js";
import { writeMessage } from "./write.js";

type Message = Readonly<Record<string, unknown>>;
type LongList = readonly unknown[] | MappedList<unknown>;

/** Lists that are longer are written in parts. */
const LONG = 4096;
/** About so many bytes of a list are written at a time. */
const PART_BYTES = 128 * 1024;

/**
 * The same message with everything in it that takes long to write written already: in slices, between which the event loop
 * runs. What lies in memory as it travels, such as floats, takes no time and is left as it is.
 */
export function writeLongLists(codec: MessageCodec, message: Message): Message | Promise<Message> {
  return holdsLongList(message) ? writeBelow(codec, message, new Slices()) : message;
}

function holdsLongList(value: unknown): boolean {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  if (isLong(value)) return true;
  if (value instanceof MappedList || value instanceof Map) return false;
  if (Array.isArray(value)) return typeof value[0] === "object" && value.some(holdsLongList);
  for (const member of Object.values(value)) if (holdsLongList(member)) return true;
  return false;
}

function isLong(value: unknown): value is LongList {
  return (Array.isArray(value) || value instanceof MappedList) && value.length > LONG;
}

/** The message, with the messages in it written where they hold long lists. */
async function writeBelow(codec: MessageCodec, message: Message, slices: Slices): Promise<Message> {
  const shorter: Record<string, unknown> = { ...message };
  for (const field of codec.fields) {
    const value = message[field.name];
    if (field.message === undefined || !holdsLongList(value)) continue;
    if (field.arity === "one") shorter[field.name] = await written(field.message, value as Message, slices);
    else if (field.arity === "list" && !isLong(value)) {
      const items: unknown[] = [];
      for (const item of value as readonly Message[]) {
        items.push(holdsLongList(item) ? await written(field.message, item, slices) : item);
      }
      shorter[field.name] = items;
    }
  }
  return shorter;
}

/** A message that holds long lists, itself or below. Its fields may stand in any order. */
async function written(codec: MessageCodec, message: Message, slices: Slices): Promise<EncodedMessage> {
  const rest = { ...(await writeBelow(codec, message, slices)) };
  const parts: Uint8Array[] = [];
  for (const field of codec.fields) {
    const list = rest[field.name];
    if (field.arity !== "list" || !isLong(list)) continue;
    delete rest[field.name];
    parts.push(...(await writeList(codec, field, list, slices)));
  }
  return new EncodedMessage([writeMessage(codec, rest), ...parts]);
}

/** A list in parts: a repeated field may come in several pieces, packed or not. */
async function writeList(
  codec: MessageCodec,
  field: FieldCodec,
  list: LongList,
  slices: Slices,
): Promise<readonly Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let count = 256;
  for (let from = 0; from < list.length; ) {
    if (slices.over) await slices.next();
    const to = Math.min(from + count, list.length);
    const part = writeMessage(codec, { [field.name]: list.slice(from, to) });
    parts.push(part);
    count = Math.ceil((to - from) * Math.min(8, PART_BYTES / part.length));
    from = to;
  }
  return parts;
}
