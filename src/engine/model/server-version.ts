import { type ErrorForm, failure } from "../../errors.js";

/** Which Milvus clients are told that they talk to. */
export type ServerVersion = "2.6" | "3.0";

const DEFAULT_SERVER_VERSION: ServerVersion = "3.0";

/** All that differs by the version that is announced. */
export interface ServerTraits {
  /** What Connect and GetVersion say: the version that is tracked, and who speaks for it. */
  readonly announced: string;
  /** Fields of a collection. */
  readonly maxFields: number;
  readonly errorForm: ErrorForm;
  /** Bytes of all parameters of one index; undefined: nobody counts them. */
  readonly maxIndexParamBytes: number | undefined;
  /** Seconds that the rows of a collection may live; undefined: any number that is not negative. */
  readonly expiryBounds: { readonly least: bigint; readonly most: bigint } | undefined;
  /** JSON paths have the indexes of plain fields too (STL_SORT, BITMAP, HYBRID). */
  readonly jsonPathIndexes: boolean;
  /** The type that a JSON path is cast to is described in capitals. */
  readonly castTypeInCapitals: boolean;
  /** Structs may be null, as a whole. */
  readonly nullableStructs: boolean;
  /** Searches by single elements of struct arrays take a range, and groups by row. */
  readonly elementRangesAndGroups: boolean;
  /** What a filter may be. */
  readonly filters: {
    /** `true` and `false` stand for all rows and none. */
    readonly truthValues: boolean;
    /** `null` is told to be no value, and not looked for among the fields. */
    readonly nullIsNoName: boolean;
  };
  /** Hybrid searches over REST look at `partitionNames`. */
  readonly hybridPartitionNames: boolean;
  /** Bytes that the head of an HTTP request may have. */
  readonly maxHeaderBytes: number;
  /** Replies over HTTP carry `X-Milvus-Trace-Id`. */
  readonly traceIds: boolean;
}

const TRAITS: Readonly<Record<ServerVersion, ServerTraits>> = {
  "2.6": {
    announced: "v2.6.22-elanus",
    maxFields: 64,
    errorForm: "early",
    maxIndexParamBytes: undefined,
    expiryBounds: undefined,
    jsonPathIndexes: false,
    castTypeInCapitals: false,
    nullableStructs: false,
    elementRangesAndGroups: false,
    filters: { truthValues: false, nullIsNoName: false },
    hybridPartitionNames: false,
    maxHeaderBytes: 16 * 1024,
    traceIds: false,
  },
  "3.0": {
    announced: "v3.0.2-elanus",
    maxFields: 256,
    errorForm: "late",
    maxIndexParamBytes: 102_400,
    // A hundred years; -1 is no end at all.
    expiryBounds: { least: -1n, most: 3_155_760_000n },
    jsonPathIndexes: true,
    castTypeInCapitals: true,
    nullableStructs: true,
    elementRangesAndGroups: true,
    filters: { truthValues: true, nullIsNoName: true },
    hybridPartitionNames: true,
    maxHeaderBytes: 16 * 1024 * 1024,
    traceIds: true,
  },
};

/** @param form of errors, where it is not that of the version */
export function serverTraits(version: ServerVersion = DEFAULT_SERVER_VERSION, form?: ErrorForm): ServerTraits {
  const traits = TRAITS[version];
  return form === undefined ? traits : { ...traits, errorForm: form };
}

/** @throws FieldLimit for more fields than a server of that version takes */
export function checkFieldCount(count: number, { maxFields: limit }: ServerTraits): void {
  if (count > limit) throw failure("FieldLimit", { limit });
}
