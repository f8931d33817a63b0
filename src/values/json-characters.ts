/** Codes of the characters that JSON is written with. */

export const QUOTE = 34;
export const PLUS = 43;
export const COMMA = 44;
export const MINUS = 45;
export const DOT = 46;
export const ZERO = 48;
export const NINE = 57;
export const COLON = 58;
export const OPEN_LIST = 91;
export const BACKSLASH = 92;
export const CLOSE_LIST = 93;
export const SMALL_E = 101;
export const OPEN_OBJECT = 123;
export const CLOSE_OBJECT = 125;
