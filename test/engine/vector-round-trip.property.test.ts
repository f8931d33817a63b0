import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DenseVectorType } from "../../src/engine/model/data-type.js";
import { denseType } from "../../src/engine/model/types/table.js";
import { Elanus } from "../../src/index.js";

const DIM = 16;
const types: readonly DenseVectorType[] = [
  "FloatVector",
  "Float16Vector",
  "BFloat16Vector",
  "Int8Vector",
  "BinaryVector",
];

/** Bytes that are a vector of a type: any bits but those of numbers that are not finite. */
function vectorBytes(type: DenseVectorType): fc.Arbitrary<Uint8Array> {
  const size = denseType(type).bytesPerVector(DIM);
  return fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => {
    const width = type === "FloatVector" ? 4 : type === "Float16Vector" || type === "BFloat16Vector" ? 2 : 0;
    // The lowest bit of the exponent is taken out of its high byte: it is never full, then.
    for (let at = width - 1; width > 0 && at < size; at += width) bytes[at]! &= 0xfb;
    return bytes;
  });
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe.each(types)("%s", (type) => {
  let db: Elanus;
  beforeAll(async () => {
    db = await Elanus.open(":memory:");
    await db.collections.create({
      collectionName: "c",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", dataType: type, elementTypeParams: { dim: DIM }, nullable: true },
        ],
      },
      indexParams: [{ fieldName: "v", indexName: "v" }],
    });
  });
  afterAll(() => db.close());

  const post = async (path: string, body: object) => {
    const reply = await db.fetch(`http://elanus/v2/vectordb/${path}`, {
      method: "POST",
      body: JSON.stringify({ collectionName: "c", ...body }),
    });
    const { code, data, message } = (await reply.json()) as { code: number; data: unknown; message?: string };
    expect([code, message]).toEqual([0, message]);
    return data as readonly { readonly v: unknown; readonly id: number }[];
  };

  /** What a client that reads JSON makes of a vector. */
  const bytesOf = (shown: unknown) =>
    typeof shown === "string"
      ? Buffer.from(shown, "base64")
      : new Uint8Array(Float32Array.from(shown as number[]).buffer);

  it("comes back bit for bit over JSON, and what came back can be sent again", async () => {
    await fc.assert(
      fc.asyncProperty(vectorBytes(type), async (bytes) => {
        const { codec } = denseType(type);
        const sent = type === "FloatVector" ? (codec.decode(bytes) as number[]) : Buffer.from(bytes).toString("base64");
        await post("entities/upsert", { data: [{ id: 1, v: sent }, { id: 2 }] });
        const [first, second] = await post("entities/query", { filter: "id > 0", outputFields: ["v"] });
        expect(hex(bytesOf(first!.v))).toBe(hex(minusZeroAsJson(type, bytes)));
        expect(second!.v).toBeNull();
        await post("entities/upsert", { data: [{ id: 3, v: first!.v }] });
        const again = await post("entities/query", { filter: "id == 3", outputFields: ["v"] });
        expect(again[0]!.v).toEqual(first!.v);
        const hits = await post("entities/search", { annsField: "v", data: [first!.v], limit: 2, outputFields: ["v"] });
        expect(hits.map(({ id }) => id)).toEqual([1, 3]);
      }),
      { numRuns: 40 },
    );
  });

  it("comes back as the values of its type in process", async () => {
    await fc.assert(
      fc.asyncProperty(vectorBytes(type), async (bytes) => {
        const value = denseType(type).codec.decode(bytes);
        await db.entities.upsert({ collectionName: "c", data: [{ id: 1, v: value }] });
        const [row] = await db.entities.query({ collectionName: "c", filter: "id == 1", outputFields: ["v"] });
        expect(row?.["v"]).toEqual(value);
      }),
      { numRuns: 40 },
    );
  });
});

/** JSON numbers have no minus zero. */
function minusZeroAsJson(type: DenseVectorType, bytes: Uint8Array): Uint8Array {
  if (type !== "FloatVector") return bytes;
  return new Uint8Array(new Float32Array(bytes.slice().buffer).map((x) => (x === 0 ? 0 : x)).buffer);
}
