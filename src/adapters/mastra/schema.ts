import type { CollectionDescription, CreateCollectionRequest } from "../../engine/contract/collections.js";
import { STRONG } from "../kit/collection.js";

/** Mastra's names of metrics, and those of Milvus. */
export const METRICS = { cosine: "COSINE", euclidean: "L2", dotproduct: "IP" } as const;
export type MetricName = keyof typeof METRICS;

const LONGEST_ID = 512;

export function collectionFor(collectionName: string, dim: number, metric: MetricName): CreateCollectionRequest {
  return {
    collectionName,
    params: STRONG,
    schema: {
      fields: [
        { fieldName: "id", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: LONGEST_ID } },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim } },
        { fieldName: "metadata", dataType: "JSON" },
      ],
    },
    indexParams: [
      { fieldName: "vector", indexName: "vector", indexType: "AUTOINDEX", metricType: METRICS[metric] ?? metric },
    ],
  };
}

/** Whether a collection is an index of Mastra. */
export function isIndex({ fields }: CollectionDescription): boolean {
  const typeOf = (name: string): string | undefined => fields.find((field) => field.name === name)?.type;
  return typeOf("id") === "VarChar" && typeOf("vector") === "FloatVector" && typeOf("metadata") === "JSON";
}

/** Of squared distances, which Milvus gives for L2, a score that is larger for what is nearer. */
export function scoreOf(metric: MetricName | undefined, distance: number): number {
  return metric === "euclidean" ? 1 / (1 + Math.sqrt(Math.max(0, distance))) : distance;
}
