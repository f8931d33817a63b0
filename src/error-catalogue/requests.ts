import { entry, invalid } from "./entry.js";

/** What is wrong with a request before anybody looks at what it is about. */
export const requestErrors = {
  /** A REST request without a body. */
  EmptyBody: entry<void>(
    1801,
    () => "can only accept json format request, the request body should be nil, however {} is valid",
    { legacy: 5 },
  ),
  /** The request is no JSON, or a value in it has the wrong JSON type. */
  MalformedRequest: entry<{ detail: string }>(1801, (d) => `can only accept json format request, error: ${d.detail}`, {
    legacy: 5,
  }),
  /** A required key of the request is missing. */
  MissingParameters: entry<{ detail: string }>(1802, (d) => `missing required parameters, error: ${d.detail}`, {
    legacy: 5,
  }),
  /** REST v1 names all that are required, not the one that is missing. */
  MissingV1Parameters: entry<{ required: readonly string[] }>(
    1802,
    (d) => `missing required parameters, required parameters: [${d.required.join(", ")}]`,
    { legacy: 5 },
  ),
  /** A row of an insert or upsert does not fit the schema. */
  BadRow: entry<{ detail: string }>(1804, (d) => `fail to deal the insert data, error: ${d.detail}`, { legacy: 5 }),
  /** A primary key of the request is no key of the collection's type. */
  BadPrimaryKey: entry<{ detail: string }>(
    1806,
    (d) => `please check the primary key and its' type can only in [int, string], error: ${d.detail}`,
    { legacy: 5 },
  ),
  /** More calls than the server was told to take. */
  RejectedByLimiter: entry<{ detail: string }>(1807, (d) => `request is rejected by limiter, error: ${d.detail}`),
  /** gRPC's word for too many calls at once: its clients wait and repeat. */
  RateLimitExceeded: entry<{ rate: number }>(8, (d) => `rate limit exceeded[rate=${d.rate}]`, { legacy: 49 }),
  /** The body of a request is larger than `maxBodyBytes`. */
  BodyTooLarge: entry<{ limit: number }>(1102, (d) => `request body exceeds ${d.limit} bytes: parameter too large`),
  /** Any 1100 whose text has no entry of its own. */
  InvalidParameter: invalid<{ text: string }>((d) => d.text),
  /** 1100 in the `expected / actual` form; `text` goes in front. */
  ParameterMismatch: entry<{ text?: string; expected: string; actual: string }>(
    1100,
    (d) => `${d.text === undefined ? "" : `${d.text}: `}invalid parameter[expected=${d.expected}][actual=${d.actual}]`,
    { legacy: 5 },
  ),

  /** Something that must be there is not (gRPC and newer REST). */
  MissingParameter: entry<{ text: string }>(1101, (d) => `${d.text}: missing parameter`, { legacy: 5 }),
} as const;
