import { invalidParameter } from "../../../../errors.js";
import type { SearchRequest } from "../../../contract/entities.js";
import type { FunctionChain } from "../../../contract/function-chains.js";
import type { CollectionSchema } from "../../../model/schema.js";
import type { Chain } from "../../../query/chain/chain.js";
import type { RerankChains } from "../../../query/plan-search.js";
import { ChainScope } from "./chain-scope.js";
import { readOp } from "./read-ops.js";

const L0 = "FunctionChainStageL0Rerank";
const L2 = "FunctionChainStageL2Rerank";

/** The stages of a chain; two of them are run in a search. */
const STAGES: readonly string[] = [
  "FunctionChainStageUnspecified",
  "FunctionChainStageIngestion",
  "FunctionChainStagePreProcess",
  L0,
  "FunctionChainStageL1Rerank",
  L2,
  "FunctionChainStagePostProcess",
];

/** Operations of a chain, and columns that they read: each goes through all hits. */
const MOST_STEPS = 1000;

/**
 * `functionChains` of a search: what becomes of the hits before and after partitions are put together.
 *
 * @throws InvalidParameter, Unsupported
 */
export function readChains(schema: CollectionSchema, request: SearchRequest): RerankChains | undefined {
  const { functionChains = [], functionScore } = request;
  if (functionChains.length === 0) return undefined;
  checkArguments(functionChains);
  if (functionScore !== undefined) {
    throw invalidParameter("function_score and function_chains cannot be used together");
  }
  const chains = new Map<string, Chain>();
  for (const [i, { stage = "", ops = [] }] of functionChains.entries()) {
    if (!STAGES.includes(stage)) throw invalidParameter(`unsupported function chain stage: ${stage}`);
    if (chains.has(stage)) throw invalidParameter(`function chain stage ${stage} appears more than once`);
    if (stage === "FunctionChainStageL1Rerank")
      throw invalidParameter(`function chain[${i}] stage ${stage} is not supported yet`);
    if (stage !== L0 && stage !== L2) {
      throw invalidParameter(`function chain[${i}] stage ${stage} is not supported in search request`);
    }
    if (ops.length === 0) throw invalidParameter(`function chain[${i}] must contain at least one op`);
    const steps = ops.reduce((sum, { expr }) => sum + 1 + (expr?.args?.length ?? 0), 0);
    if (steps > MOST_STEPS) {
      throw invalidParameter(`function chain[${i}] has ${steps} operations and arguments, more than ${MOST_STEPS}`);
    }
    const scope = new ChainScope(schema);
    chains.set(
      stage,
      ops.map((op, o) => readOp(op, scope, { chain: i, op: o })),
    );
  }
  return { l0: chains.get(L0) ?? [], l2: chains.get(L2) ?? [] };
}

/** What a server says of the form of a request, before it looks at what is in it. */
function checkArguments(chains: readonly FunctionChain[]): void {
  for (const [c, { ops = [] }] of chains.entries()) {
    for (const [o, { expr }] of ops.entries()) {
      for (const [a, { column, literal }] of (expr?.args ?? []).entries()) {
        if ((column === undefined) !== (literal === undefined)) continue;
        throw invalidParameter(
          `functionChains[${c}]: ops[${o}]: expr: args[${a}]: exactly one of column or literal is required`,
        );
      }
    }
  }
}
