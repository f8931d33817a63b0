/** What an operation answers: `data` and the few things some endpoints put beside it. */
export interface Reply<Data> {
  readonly data: Data;
  readonly message?: string;
  readonly cost?: number;
  /** Hits per query vector (search). */
  readonly topks?: readonly number[];
  /**
   * Keys whose Int64 values (in the rows of `data`, or in `data` itself: `insertIds`) follow
   * `Accept-Type-Allow-Int64`.
   */
  readonly int64?: readonly string[];
  /** Ids of the items that `data` names, in the same order. Only the 9091 surface shows them. */
  readonly ids?: readonly number[];
}
