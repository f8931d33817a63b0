import { failure } from "../../../errors.js";
import { isList } from "../../../values/js-value.js";
import type { DenseVectorType } from "../data-type.js";
import { arrayBeyondCapacity } from "./array.js";
import { mismatch } from "./faults.js";
import type { Comparison, DenseFieldType, ListCodec, ListFieldType, Metric, Target, TypedField } from "./field-type.js";
import { checkMaxCapacity, dimensionParam } from "./parameters.js";
import { malformedQuery } from "./vector-faults.js";

/** What a list of vectors may hold, with their rows of the table. */
export type ListElements = Readonly<Record<DenseVectorType, DenseFieldType>>;

/** The metrics of lists first, then those of their vectors one by one. */
export function comparisonOfLists(element: DenseFieldType): Comparison {
  const lists = element.metrics.map((metric): Metric => `MAX_SIM_${metric}` as Metric);
  const [first, ...others] =
    element.kernel === "bits" ? lists : ["MAX_SIM_COSINE" as const, "MAX_SIM" as const, ...lists.slice(1)];
  const metrics: readonly [Metric, ...Metric[]] = [first as Metric, ...others, ...element.metrics];
  const elements = element.kernel === "bits" ? "binary" : "float";
  return {
    metrics,
    foreignMetrics: element.foreignMetrics,
    refuseMetric: (metric) =>
      `array of vector with ${elements} element type does not support metric type: ${metric}, supported: [${metrics.join(" ")}]`,
  };
}

/** The row of the type of vectors of one dense type, as many per row as the struct has elements. */
export function arrayOfVector(elements: ListElements): ListFieldType {
  const elementOf = (field: TypedField): DenseFieldType => elements[field.elementType as DenseVectorType];
  /** The field as the type of its vectors sees it. */
  const vectorsOf = (field: TypedField): TypedField => ({ ...field, type: elementOf(field).name });
  const sizeOf = (field: TypedField): number => elementOf(field).bytesPerVector(dimensionParam(field));

  const codec: ListCodec = {
    encode(value, target, row) {
      const { field } = target;
      if (!isList(value)) throw mismatch("not an array", `ArrayOfVector[${field.elementType}]`, value);
      checkCount(value.length, target);
      const bytes = new Uint8Array(value.length * sizeOf(field));
      const write = elementOf(field).codec.writer(bytes, { ...target, field: vectorsOf(field) });
      for (let i = 0; i < value.length; i++) {
        if (value[i] === null || value[i] === undefined) throw mismatch("element is null", field.type, value[i]);
        write(value[i], i);
      }
      return checked(bytes, target, row);
    },
    encodeCell: checked,
    encodeQuery(value, field) {
      if (!isList(value) || value.length === 0) throw malformedQuery(field, "no list of vectors", value);
      const { codec: one } = elementOf(field);
      return Buffer.concat(Array.from(value, (vector) => one.encodeQuery(vector, vectorsOf(field))));
    },
  };

  function checked(bytes: Uint8Array, target: Target, _row: number): Uint8Array {
    const { field } = target;
    const size = sizeOf(field);
    if (bytes.length % size !== 0) throw mismatch(`${bytes.length} bytes are no vectors`, field.type, bytes.length);
    checkCount(bytes.length / size, target);
    elementOf(field).codec.checkBytes(bytes, { ...target, field: vectorsOf(field) });
    return bytes;
  }

  function checkCount(count: number, { field, late }: Target): void {
    const capacity = Number(field.params["max_capacity"]);
    if (count > capacity) late(arrayBeyondCapacity(count, capacity));
  }

  return {
    family: "list",
    name: "ArrayOfVector",
    number: 106,
    served: true,
    indexTypes: [],
    checkParams(field, collection, fieldId) {
      elementOf(field).checkParams(vectorsOf(field), collection, fieldId);
      checkMaxCapacity(field, collection);
    },
    codec,
  };
}

/** A list of vectors that is declared outside of a struct. */
export function strayList(field: string): Error {
  return failure("InvalidParameter", {
    text: `array of vector can only be in the struct array field, field name: ${field}`,
  });
}
