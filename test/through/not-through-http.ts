/** Tests that speak of what a client of a server cannot have, each with the reason. */
export interface NotThroughHttp {
  readonly file: string;
  /** Of the name of the test, behind those that it stands in. */
  readonly tests: RegExp;
  readonly reason: string;
}

export const NOT_THROUGH_HTTP: readonly NotThroughHttp[] = [
  {
    file: "test/engine/server-version.test.ts",
    tests: /2\.6: whether a hybrid search over REST looks at partitions/,
    reason: "the typed call is a request of REST, which a server of 2.6 answers without looking at partitions",
  },
  {
    file: "test/query/every-metric.test.ts",
    tests: /rounds its scores last/,
    reason: "JSON is written with 0 for -0",
  },
  {
    file: "test/query/query-order.test.ts",
    tests: /wants a limit: Infinity/,
    reason: "no request of REST says Infinity",
  },
  {
    file: "test/typed/hints.test.ts",
    tests: /names in place of numbers|speak of partitions by name/,
    reason: "REST v2 does not tell the numbers of partitions",
  },
];
