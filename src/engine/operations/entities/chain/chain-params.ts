import { invalidParameter } from "../../../../errors.js";
import { numberOf } from "../../../model/types/faults.js";

/** The parameters of an operation or a function of a chain, each of the type that it must have. */
export class ChainParams {
  readonly #of: string;
  readonly #given: Readonly<Record<string, unknown>>;

  /** @param of the operation or function, for messages */
  constructor(of: string, given: Readonly<Record<string, unknown>> | undefined) {
    this.#of = of;
    this.#given = given ?? {};
  }

  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.#wrong(name, "a string");
  }

  flag(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.#wrong(name, "a bool");
  }

  number(name: string): number | undefined {
    const value = this.#value(name);
    return value === undefined ? undefined : this.#number(`${JSON.stringify(name)}`, value);
  }

  integer(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const number = numberOf(value);
    if (number === undefined) throw this.#wrong(name, "an integer");
    if (!Number.isInteger(number)) throw this.#wrong(name, `an integer, got ${number.toFixed(6)}`);
    return number;
  }

  numbers(name: string): readonly number[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#wrong(name, "a number array");
    return value.map((item: unknown, i) => this.#number(`${JSON.stringify(name)}[${i}]`, item));
  }

  /** @throws InvalidParameter for a parameter that is not there */
  required<T>(name: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw invalidParameter(`${this.#of}: missing required parameter ${JSON.stringify(name)}`);
  }

  #value(name: string): unknown {
    const value = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
    if (value !== null) return value;
    throw invalidParameter(`${this.#of}: parameter ${JSON.stringify(name)} is unset`);
  }

  #number(place: string, value: unknown): number {
    const number = numberOf(value);
    if (number !== undefined && Number.isFinite(number)) return number;
    throw invalidParameter(`${this.#of}: parameter ${place} must be a number`);
  }

  #wrong(name: string, expected: string): Error {
    return invalidParameter(`${this.#of}: parameter ${JSON.stringify(name)} must be ${expected}`);
  }
}
