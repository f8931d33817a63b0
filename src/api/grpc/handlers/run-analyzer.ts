import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";

/** The tokens of texts; offsets and hashes only where they are asked for. */
export async function runAnalyzer(
  request: Received<"RunAnalyzerRequest">,
  call: RpcCall,
): Promise<Sent<"RunAnalyzerResponse">> {
  const { data } = await call.execute("common/run_analyzer", {
    dbName: request.db_name,
    text: request.placeholder.map((text) => Buffer.from(text).toString()),
    analyzerParams: request.analyzer_params,
    withDetail: request.with_detail,
    withHash: request.with_hash,
    collectionName: request.collection_name,
    fieldName: request.field_name,
    analyzerNames: request.analyzer_names,
  });
  return {
    results: data.results.map(({ tokens }) => ({
      tokens: tokens.map((token) => ({
        token: token.token,
        start_offset: token.startOffset ?? 0,
        end_offset: token.endOffset ?? 0,
        position: token.position ?? 0,
        position_length: token.positionLength ?? 0,
        hash: token.hash ?? 0,
      })),
    })),
  };
}
