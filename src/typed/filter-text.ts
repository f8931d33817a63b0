import type { ElementName } from "./rows.js";
import type { Schema } from "./schema.js";

/**
 * Names in the text of a filter, checked by the compiler where it can see the text: a literal. What is put together when the program
 * runs, what is very long, and the filters of a schema with keys of its own are left to the engine, which refuses them with the same help.
 */

type Letter =
  | "a"
  | "b"
  | "c"
  | "d"
  | "e"
  | "f"
  | "g"
  | "h"
  | "i"
  | "j"
  | "k"
  | "l"
  | "m"
  | "n"
  | "o"
  | "p"
  | "q"
  | "r"
  | "s"
  | "t"
  | "u"
  | "v"
  | "w"
  | "x"
  | "y"
  | "z"
  | "A"
  | "B"
  | "C"
  | "D"
  | "E"
  | "F"
  | "G"
  | "H"
  | "I"
  | "J"
  | "K"
  | "L"
  | "M"
  | "N"
  | "O"
  | "P"
  | "Q"
  | "R"
  | "S"
  | "T"
  | "U"
  | "V"
  | "W"
  | "X"
  | "Y"
  | "Z"
  | "_"
  | "$";
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type Quote = '"' | "'";
type Space = " " | "\n" | "\t";

/** Words of the language; those in front of a bracket are functions, whatever they are called. */
type Keyword = "and" | "or" | "not" | "in" | "like" | "exists" | "is" | "null" | "true" | "false" | "iso" | "interval";
type Option = "minimum_should_match" | "threshold" | "max_edit_distance";
type Reserved = Keyword | Option | Uppercase<Keyword | Option> | "True" | "False";
/** Words that are no name of a field. */
type Other = "" | Reserved | `${Digit}${string}` | `$${string}`;

/** The first name that is not known; never where there is none, or where it cannot be told. */
type UnknownName<
  Text extends string,
  Known extends string,
  Word extends string = "",
> = Text extends `${infer Char}${infer Rest}`
  ? Char extends Letter | Digit
    ? UnknownName<Rest, Known, `${Word}${Char}`>
    : Word extends Other | Known
      ? Char extends "["
        ? Word extends "" | Reserved
          ? UnknownName<Rest, Known>
          : UnknownStep<Rest, Known, Word>
        : Behind<Char, Rest> extends infer Next extends string
          ? UnknownName<Next, Known>
          : never
      : IsName<Text, Word> extends true
        ? Word
        : UnknownName<Text, Known>
  : Word extends Other | Known
    ? never
    : Word;

/** Whether a word is a name where this follows it: no function, and no mark of a raw text. */
type IsName<Following extends string, Word extends string> = Following extends `${Space}${infer Rest}`
  ? IsName<Rest, Word>
  : Following extends `(${string}`
    ? false
    : Following extends `${Quote}${string}`
      ? Word extends "r" | "R"
        ? false
        : true
      : true;

/** Behind the bracket of a step: into elements, whose fields are known as `struct[field]` and `$[field]`; to a key or a position. */
type UnknownStep<
  Text extends string,
  Known extends string,
  Word extends string,
> = Text extends `${infer Step}]${infer Rest}`
  ? Step extends `${Letter}${string}`
    ? `${Word}[${Step}]` extends Known
      ? UnknownName<Rest, Known>
      : `${Word}[${Step}]`
    : Step extends `${string}${Quote}${string}`
      ? UnknownName<Text, Known>
      : Rest extends `[${infer Next}`
        ? UnknownStep<Next, Known, Word>
        : UnknownName<Rest, Known>
  : never;

/** What is looked at next behind a sign: neither texts nor values have names. Never: it cannot be told. */
type Behind<Char extends string, Rest extends string> = Char extends Quote
  ? Rest extends `${infer Inside}${Char}${infer After}`
    ? Inside extends `${string}\\`
      ? never
      : After
    : never
  : Char extends "{"
    ? Rest extends `${string}}${infer After}`
      ? After
      : never
    : Rest;

type Cut<Text extends string> =
  Text extends `${infer _1}${infer _2}${infer _3}${infer _4}${infer _5}${infer _6}${infer _7}${infer _8}${infer _9}${infer _10}${infer _11}${infer _12}${infer _13}${infer _14}${infer _15}${infer _16}${infer Rest}`
    ? Rest
    : "";
/** Of more than 480 characters: the compiler goes through texts one by one. */
type IsLong<Text extends string, Steps extends readonly 1[] = []> = Text extends ""
  ? false
  : Steps["length"] extends 30
    ? true
    : IsLong<Cut<Text>, [...Steps, 1]>;

/** The names of a schema; any text where the compiler does not know them. */
type Known<S> =
  S extends Schema<infer F, infer Dynamic>
    ? true extends Dynamic
      ? string
      : (keyof F & string) | ElementName<F> | AtHand<ElementName<F>>
    : string;

/** An element at hand is `$`. */
type AtHand<Name extends string> = Name extends `${string}[${infer Field}]` ? `$[${Field}]` : never;

type Checked<Text extends string, Names extends string> = string extends Names
  ? Text
  : // A text that is only partly known.
    Record<never, never> extends Record<Text, 1>
    ? Text
    : IsLong<Text> extends true
      ? Text
      : Judged<Text, UnknownName<Text, Names>, Names>;

/** The text itself, or what is wrong with it. */
type Judged<Text extends string, Name extends string, Names extends string> = [Name] extends [never]
  ? Text
  : [Near<Name, Names>] extends [never]
    ? `there is no field "${Name}"`
    : `there is no field "${Name}": did you mean "${Near<Name, Names>}"?`;

/** Names that differ from this one by two characters in a row at most. */
type Near<Name extends string, Names extends string> = Names extends string
  ? WithoutStart<Name, Names> extends [infer A extends string, infer B extends string]
    ? WithoutStart<Reversed<A>, Reversed<B>> extends [infer C extends string, infer D extends string]
      ? IsFew<C> | IsFew<D> extends true
        ? Names
        : never
      : never
    : never
  : never;

type IsFew<Text extends string> = Text extends `${infer _1}${infer _2}${infer _3}${string}` ? false : true;

/** Two texts without what both begin with. */
type WithoutStart<A extends string, B extends string> = A extends `${infer Char}${infer RestOfA}`
  ? B extends `${Char}${infer RestOfB}`
    ? WithoutStart<RestOfA, RestOfB>
    : [A, B]
  : [A, B];

type Reversed<Text extends string, Done extends string = ""> = Text extends `${infer Char}${infer Rest}`
  ? Reversed<Rest, `${Char}${Done}`>
  : Done;

/** The text of a filter; for one with a name that no field has, what is wrong. The branch that never holds is where `Text` is inferred. */
export type FilterText<S, Text extends string> = Text extends never ? Text : Checked<Text, Known<S>>;
