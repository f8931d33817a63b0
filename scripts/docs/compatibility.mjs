import { join } from "node:path";
import { bundleSource, root } from "../build/sources.mjs";
import { DIFFERENCES } from "./differences.mjs";

/** The page is checked in, as that of the errors is. */
export const compatibilityPath = join(root, "docs/compatibility.md");

/** What is served of Milvus and how it differs, from the contract, the table of procedures and the list of differences. */
export async function compatibilityPage() {
  const { contract } = await import(`${await bundleSource("src/engine/contract/table.ts")}?${Date.now()}`);
  const { services } = await import(`${await bundleSource("src/api/grpc/rpcs.ts")}?${Date.now()}`);
  return `# Compatibility

Made by \`npm run docs:compatibility\` from the contract, \`src/engine/contract\`, the table of procedures, \`src/api/grpc/rpcs.ts\`, and
the list of known differences, \`scripts/docs/differences.mjs\`.

Every path and every procedure that a Milvus has is known: what is not done here answers code 3000 and names it, never 404, and never pretends.
More differences in detail: [vectors and text](vectors-and-text.md), [fields without effect](without-effect.md), [limits](limits.md).

## Versions

Clients are told Milvus 3.0, or 2.6 with \`serverVersion: "2.6"\` (\`elanus serve --server-version 2.6\`); limits and texts
are then those of 2.6, while nearly all that 3.0 adds still works. Errors for which Milvus has no number of their own have 1100 in 3.0
and 65535 in 2.6; \`errorForm: "late"\` or \`"early"\` (\`--error-form\`) chooses between these two, whatever the version.

## Operations

As REST v2 (\`POST /v2/vectordb/<operation>\`), as typed calls (\`partitions/get_stats\` is \`db.partitions.getStats\`) and on the command line
(\`elanus partitions get-stats\`). Where nothing stands in the last column, no difference is known.

${groups(contract)
  .map(([group, paths]) => `### ${group}\n\n${operations(contract, paths)}`)
  .join("\n\n")}

## gRPC

Spoken on the same port. The official Node, Python, Go and Java clients connect unchanged.

${Object.entries(services)
  .map(([name, procedures]) => procedureTable(name, procedures))
  .join("\n\n")}

## Other surfaces

| | |
| --- | --- |
| REST v1, \`/v1/vector/...\` | yes, with the hosted service's error codes, or the server's with \`v1ErrorDialect: "server"\` |
| the older API of port 9091, \`/api/v1/...\` | yes |
| \`/healthz\`, \`/livez\`, \`/metrics\` | yes; a few gauges for Prometheus |
| \`/openapi.json\` | REST v2 in OpenAPI 3.1, made from the contract, with the privilege of each operation |
| TLS | no: put a proxy in front |

## Types and metrics

Bool, Int8, Int16, Int32, Int64, Float, Double, VarChar, Text, JSON, Array, Timestamptz, Geometry, FloatVector, Float16Vector,
BFloat16Vector, Int8Vector, BinaryVector, SparseFloatVector, [struct arrays](milvus-3/struct-arrays.md); BM25, MinHash and TextEmbedding
functions, nullable fields (vectors too), default values, dynamic fields (\`$meta\`), partition keys, auto ids.

L2, IP, COSINE, HAMMING, JACCARD, MHJACCARD, BM25, and \`MAX_SIM_*\` for [lists of vectors](milvus-3/embedding-lists.md).

## Applications that the tests run

milvus_cli, pymilvus (ORM, MilvusClient, asyncio), the clients for Node.js, Go and Java, LangChain in Python and JavaScript, LlamaIndex,
claude-context, the calls of Attu.
`;
}

/** Operations by the first word of their path. */
function groups(contract) {
  return Object.entries(Object.groupBy(Object.keys(contract), (path) => path.slice(0, path.indexOf("/"))));
}

function operations(contract, paths) {
  const lines = paths.map((path) => {
    const { name } = contract[path].privilege ?? {};
    const needs = name === undefined ? "" : `\`${name}\``;
    return `| \`${path}\` | ${needs} | ${DIFFERENCES[path] ?? ""} |`;
  });
  return `| operation | needs the privilege | differs |\n| --- | --- | --- |\n${lines.join("\n")}`;
}

function procedureTable(service, procedures) {
  const names = (answered) =>
    Object.entries(procedures)
      .filter(([, { answer }]) => (answer !== undefined) === answered)
      .map(([name]) => `\`${name}\``)
      .join(", ");
  return `\`${service}\`

| | |
| --- | --- |
| answered | ${names(true)} |
| code 3000 | ${names(false)} |`;
}
