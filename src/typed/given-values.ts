import type { InputColumns, QueryVectors } from "../engine/contract/column.js";
import type { WriteRequest } from "../engine/contract/entities.js";

/** The numbers of one vector; in an Uint8Array also its bytes, where the type of the field has them. */
export type DenseVector = readonly number[] | Float32Array | Float64Array | Int8Array | Uint8Array;

/** `{ index: value }`, or the two lists. */
export type SparseVector =
  | Readonly<Record<number, number>>
  | { readonly indices: readonly number[]; readonly values: readonly number[] };

/** One query: a vector, a text for a field that a function makes, or a list of vectors for one that holds lists. */
export type QueryVector = DenseVector | SparseVector | string | readonly DenseVector[];

/** What a search is for: exactly one of the three. */
export type SearchInput =
  | { readonly data?: undefined; readonly ids: readonly (number | bigint | string)[]; readonly vectors?: undefined }
  | { readonly data?: undefined; readonly ids?: undefined; readonly vectors: QueryVectors }
  | {
      /** Query vectors, `[[...]]`, or texts for a field that a function makes. */
      readonly data: readonly QueryVector[];
      readonly ids?: undefined;
      readonly vectors?: undefined;
    };

/** One entity: values by field. */
export type EntityInput = object;

/** Rows of a write, as objects or as columns. */
type WriteInput =
  | { readonly data?: undefined; readonly columns: InputColumns }
  | { readonly data: EntityInput | readonly EntityInput[]; readonly columns?: undefined };

export type Written<Request extends WriteRequest> = Omit<Request, "data" | "columns"> & WriteInput;
