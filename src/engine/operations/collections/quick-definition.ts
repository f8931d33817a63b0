import { failure } from "../../../errors.js";
import type { CollectionParams, CreateCollectionRequest } from "../../contract/collections.js";
import { type NewField, readField } from "../../model/validate-fields.js";
import type { IndexDefinition } from "../../model/validate-index.js";

/** A collection of a key and a vector, said in a few words: `dimension`, and names where the usual ones will not do. */

/** Types that the vector may have, and the metric that each has unless another is named. */
const METRICS = {
  FloatVector: "COSINE",
  BinaryVector: "HAMMING",
  Float16Vector: "COSINE",
  BFloat16Vector: "COSINE",
  SparseFloatVector: "IP",
} as const;

type QuickVectorType = keyof typeof METRICS;

/** @throws ParameterMismatch, InvalidParameter, and the errors of `readField` */
export function quickFields(request: CreateCollectionRequest, params: CollectionParams): readonly NewField[] {
  const vectorType = readVectorType(request.vectorFieldType);
  const { dimension = 0 } = request;
  if (vectorType === "SparseFloatVector") {
    if (dimension !== 0) {
      throw failure("InvalidParameter", {
        text: "dimension should not be specified for SparseFloatVector quick create",
      });
    }
  } else if (dimension === 0) {
    throw failure("ParameterMismatch", {
      text: "dimension is required for quickly create collection(default metric type: COSINE)",
      expected: "collectionName & dimension",
      actual: "collectionName",
    });
  }
  const dataType = readIdType(request.idType);
  const maxLength = params.max_length;
  return [
    readField({
      fieldName: request.primaryFieldName || "id",
      dataType,
      isPrimary: true,
      autoID: request.autoID ?? false,
      elementTypeParams: dataType === "VarChar" && maxLength !== undefined ? { max_length: maxLength } : {},
    }),
    readField({
      fieldName: request.vectorFieldName || "vector",
      dataType: vectorType,
      ...(dimension !== 0 && { elementTypeParams: { dim: dimension } }),
    }),
  ];
}

export function quickIndex(request: CreateCollectionRequest): IndexDefinition {
  return {
    fieldName: request.vectorFieldName || "vector",
    metricType: request.metricType || METRICS[readVectorType(request.vectorFieldType)],
  };
}

function readVectorType(type: string | undefined): QuickVectorType {
  if (type === undefined || type === "") return "FloatVector";
  if (Object.hasOwn(METRICS, type)) return type as QuickVectorType;
  const names = Object.keys(METRICS).join(", ");
  throw failure("ParameterMismatch", {
    text: `vectorFieldType can only be [${names}], default: FloatVector`,
    expected: names,
    actual: type,
  });
}

function readIdType(idType: string | undefined): "Int64" | "VarChar" {
  switch (idType) {
    case undefined:
    case "":
    case "Int64":
    case "int64":
      return "Int64";
    case "VarChar":
    case "Varchar":
      return "VarChar";
    default:
      throw failure("ParameterMismatch", {
        text: "idType can only be [Int64, VarChar], default: Int64",
        expected: "Int64, Varchar",
        actual: idType,
      });
  }
}
