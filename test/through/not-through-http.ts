/** Tests that speak of what a client of a server cannot have, each with the reason. */
export interface NotThroughHttp {
  readonly file: string;
  /** Of the name of the test, behind those that it stands in. */
  readonly tests: RegExp;
  readonly reason: string;
}

export const NOT_THROUGH_HTTP: readonly NotThroughHttp[] = [
  {
    file: "test/contract/auth.test.ts",
    tests: /refuses every/,
    reason: "a handle puts its token on requests that have none",
  },
  {
    file: "test/engine/lifecycle.test.ts",
    tests: /whose collection is dropped meanwhile/,
    reason: "two requests at once come to a server in any order",
  },
  {
    file: "test/contract/text-embedding.test.ts",
    tests: /is told when the database is closed/,
    reason: "closing a handle waits for its calls, and does not end the models of the server",
  },
  {
    file: "test/engine/open.test.ts",
    tests: /has a text and prints itself|answers every call with code 1 from close on/,
    reason: "the handle has the address for a name, and the store's own check and stats, which the test asks for",
  },
  {
    file: "test/engine/ttl-field.test.ts",
    tests: /all pages of an iterator/,
    reason: "rows expire by the server's clock at each page",
  },
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
