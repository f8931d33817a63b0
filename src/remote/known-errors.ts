import type { ErrorEntry } from "../error-catalogue/entry.js";
import { moveErrors } from "../error-catalogue/move.js";
import { remoteErrors } from "../error-catalogue/remote.js";
import { ElanusError, ErrorCatalogue, type ErrorKind } from "../errors.js";

/**
 * The kinds of the error catalogue, found back from what a server says: its code and its text. The texts of the catalogue are
 * functions of details; what they make of marks instead is a pattern that finds the details again.
 */

interface KnownText {
  readonly kind: ErrorKind;
  readonly code: number;
  readonly pattern: RegExp;
  /** What the groups of the pattern are called. */
  readonly details: readonly string[];
  /** Characters that are always the same: the more, the surer. */
  readonly fixed: number;
}

/** The kind of a failure whose text is not known, by its code. Milvus has one kind for each of these. */
const BY_CODE: Readonly<Record<number, ErrorKind>> = {
  2: "Unavailable",
  5: "Internal",
  8: "RateLimitExceeded",
  100: "CollectionNotFound",
  700: "IndexNotFound",
  1100: "InvalidParameter",
  1401: "PermissionDenied",
  1601: "AliasConflict",
  1801: "MalformedRequest",
  1802: "MissingParameters",
};

/** Letters that a text must have of its own to tell its kind from others of its code. */
const TELLING = 8;
/** With fewer characters of its own, a text of another code proves nothing. */
const SURE = 20;

/** What a server that asks another one puts in front. */
const RPC_FRONT = /^rpc error: code = PermissionDenied desc = /;

/** The error that a server tells, as the engine itself would throw it; code and words are the server's. */
export function knownError(code: number, said: string): ElanusError {
  const message = said.replace(RPC_FRONT, "");
  const known = knownTexts();
  const found =
    bestMatch(
      known.filter((text) => text.code === code),
      message,
    ) ??
    bestMatch(
      known.filter(({ fixed }) => fixed >= SURE),
      message,
    );
  if (found !== undefined) return new ElanusError(found.kind, message, found.details, undefined, code);
  return new ElanusError(kindOfCode(code) ?? "ServerFailure", message, { text: message }, undefined, code);
}

function kindOfCode(code: number): ErrorKind | undefined {
  const [only, another] = saidKinds().filter((kind) => ErrorCatalogue[kind].code === code);
  return BY_CODE[code] ?? (another === undefined ? only : undefined);
}

function bestMatch(
  texts: readonly KnownText[],
  message: string,
): { readonly kind: ErrorKind; readonly details: Readonly<Record<string, string>> } | undefined {
  let best: { readonly text: KnownText; readonly match: RegExpExecArray } | undefined;
  for (const text of texts) {
    if (best !== undefined && best.text.fixed >= text.fixed) continue;
    const match = text.pattern.exec(message);
    if (match !== null) best = { text, match };
  }
  if (best === undefined) return undefined;
  const [, context, ...values] = best.match;
  const details: Record<string, string> = {};
  for (const [i, name] of best.text.details.entries()) details[name] ??= values[i] ?? "";
  if (context !== undefined) details["context"] = context;
  return { kind: best.text.kind, details };
}

let texts: readonly KnownText[] | undefined;

/** Kinds that no server has: what is said of servers, and what only port 9091 says, with the words of another kind. */
export const UNSAID: ReadonlySet<string> = new Set([
  ...Object.keys({ ...remoteErrors, ...moveErrors }),
  "NamedCollectionNotLoaded",
]);

function saidKinds(): readonly ErrorKind[] {
  return (Object.keys(ErrorCatalogue) as ErrorKind[]).filter((kind) => !UNSAID.has(kind));
}

/** Those of the early form first: where two kinds have one text, it is that of the kind which has always had it. */
function knownTexts(): readonly KnownText[] {
  texts ??= [earlyTexts, lateTexts].flatMap((textsOf) => saidKinds().flatMap(textsOf));
  return texts;
}

function earlyTexts(kind: ErrorKind): KnownText[] {
  const { code, text } = ErrorCatalogue[kind] as ErrorEntry<never>;
  return formsOf(text).flatMap((form) => known(kind, code, form, ""));
}

function lateTexts(kind: ErrorKind): KnownText[] {
  const { head, text, late } = ErrorCatalogue[kind] as ErrorEntry<never>;
  if (head === undefined) return [];
  return formsOf(late ?? text).flatMap((form) => known(kind, head, form, head === 1100 ? INVALID : ""));
}

const INVALID = ": invalid parameter";

/** Nothing for a text that says too little of its own. */
function known(kind: ErrorKind, code: number, form: string, ending: string): KnownText[] {
  const parts = (form + ending).split(MARK);
  const own = parts.filter((_, i) => i % 2 === 0);
  if (own.join("").replace(INVALID, "").replace(/\W/g, "").length < TELLING) return [];
  const source = parts.map((part, i) => (i % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") : "([\\s\\S]*?)"));
  return [
    {
      kind,
      code,
      details: parts.filter((_, i) => i % 2 === 1),
      fixed: own.join("").length,
      pattern: new RegExp(`^(?:([\\s\\S]*?): )?${source.join("")}$`),
    },
  ];
}

/** No text of the catalogue has it, and JSON text has it as it is. */
const MARK = "\ue000";

/** What a text function makes of marks: as of a number above and below zero, and without each detail that it can do without. */
function formsOf(text: (details: never) => string): string[] {
  const asked = new Set<string>();
  const forms = [formOf(text, { asked, number: 1 }), formOf(text, { asked, number: -1 })];
  for (const absent of [...asked]) forms.push(formOf(text, { asked, number: 1, absent }));
  const sound = forms.filter((form): form is string => form !== undefined && !/undefined|NaN/.test(form));
  return [...new Set(sound)];
}

interface Marking {
  /** Gets the names of the details that the text has. */
  readonly asked: Set<string>;
  /** What a detail is where the text compares it. */
  readonly number: number;
  /** A detail that is not there. */
  readonly absent?: string;
}

function formOf(text: (details: never) => string, { asked, number, absent }: Marking): string | undefined {
  const get = (_: object, key: string | symbol): unknown => {
    const name = String(key);
    asked.add(name);
    return name === absent ? undefined : markOf(name, number);
  };
  try {
    return String(text(new Proxy({}, { get }) as never));
  } catch {
    // It does with a detail what cannot be done with a mark.
    return undefined;
  }
}

/** Stands for a detail, be it a text, a number or a list. */
function markOf(name: string, number: number): object {
  const mark = () => `${MARK}${name}${MARK}`;
  return { toString: mark, join: mark, toJSON: mark, valueOf: () => number };
}
