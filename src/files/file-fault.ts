/** Something in a file that cannot be read, or cannot go where it should. */
export class FileFault extends Error {
  /** Where it is, if that is known: `row 7, line 9`. */
  readonly place: string | undefined;

  constructor(text: string, place?: string) {
    super(text);
    this.place = place;
  }
}

/** A fault of some value, at the place of its row. */
export function atPlace(error: unknown, place: () => string): unknown {
  return error instanceof FileFault && error.place === undefined ? new FileFault(error.message, place()) : error;
}
