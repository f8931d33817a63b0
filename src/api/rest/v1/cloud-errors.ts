/**
 * The hosted service's documented error list, which REST v1 answers with by default. It lives beside the catalogue in
 * errors.ts because these codes exist on this surface only and stand for finer distinctions than the server's.
 */
const MESSAGES = {
  80000: (detail: string) => `Incorrect parameter: ${detail}`,
  80001: () => "The token is illegal",
  80002: () => "The token is invalid",
  90001: (collection: string) =>
    `The collection ${collection} does not exist. You can use ListCollections to view the list of existing collections.`,
  90002: (property: string, collection: string) =>
    `The return value property ${property} does not exist on collection ${collection}.`,
  90003: () => "Invalid expression. Please refer to the documentation for usage of the expression",
  90004: () => "The parameter value for 'limit' should be between 1 and 100.",
  90005: () => "The parameter value for 'offset' should not be less than 0.",
  90007: (field: string, given: string, expected: string) =>
    `The vector dimensions do not match on the field ${field}. The input vector has a dimension of ${given}, while the expected vector dimension is ${expected}.`,
  90010: (field: string, expected: string, given: string) =>
    `The type of field ${field} does not match, expecting an ${expected} but ${given} was inputted instead.`,
  90011: () =>
    "Invalid CollectionName. Reason: Name contains only alphanumeric letters and underscores, and the first character should be an underscore, a lowercase letter, or a uppercase letter",
  90014: () => "The length of parameter description can not exceed 4096.",
  // Differs from the hosted service, whose bound is 32: dimensions from 2 are allowed.
  90025: () => "The dimension of the vector column should be between 2 and 32768.",
  // Differs from the hosted service: COSINE is allowed too.
  90027: () => "Invalid parameter metricType. Only L2, IP or COSINE are allowed.",
  90106: () => "The collection already exists.",
  90107: () => "Can not assign primary field data when auto id enabled int64",
  90108: (fields: string) => `Extraneous fields ${fields} in the json file need to be removed`,
  90109: () => "The max insert batch rows should below 100.",
  90110: () => "No filter key field.",
  90115: () => "The number of columns inserted does not match the defined number of columns in the set.",
  90118: () => "No data key field.",
  90119: () => "The data must be a JSON object or an array of JSON objects.",
  90120: () => "The data is empty.",
  90121: () => "The data contains an empty object.",
  90122: () => "No dimension key field.",
  90123: (field: string, expected: string, given: string) =>
    `The inputted ID value does not match the field ${field}, expecting ${expected} but received ${given} instead.`,
  90124: () => "no id key field, please check your request.",
  90125: () => "No vector key field.",
  90126: () => "The sum of the 'offset' parameter value and the 'limit' parameter value should not exceed 16384.",
  90127: (field: string) => `Please use ${field} in (a,b,c) filtering in the expression.`,
  90128: () => "Not contains data to filter, please check the filter field",
  90129: () => "Filter dataType not support, please check the filter field",
  90131: () => "No insert content provided.",
  90132: () => "No delete content provided.",
  90133: () => "No get content provided.",
  90134: () => "No query content provided.",
  90135: () => "No search content provided.",
  90136: () => "No create collection content provided.",
  90138: () => "No drop collection content provided.",
  90139: mismatch,
  90140: () => "The number of elements in parameter 'id' should not exceed 100.",
  90148: () => "No upsert content provided.",
  90149: mismatch,
  90150: () => "No data key field.",
  90151: () => "The data is empty.",
  90152: () => "The data contains an empty object.",
} as const;

function mismatch(field: string, expected: string, given: string): string {
  return `Type mismatch for field '${field}'. expected type:${expected}, but received input:${given}.`;
}

export type CloudCode = keyof typeof MESSAGES;

/** A failure of the hosted service's list. Never leaves REST v1. */
export class CloudError extends Error {
  override readonly name: string = "CloudError";
  readonly code: CloudCode;

  constructor(code: CloudCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Makes the error of a code. Throw what it returns. */
export function cloudFailure<C extends CloudCode>(code: C, ...values: Parameters<(typeof MESSAGES)[C]>): CloudError {
  return new CloudError(code, (MESSAGES[code] as (...values: string[]) => string)(...(values as string[])));
}
