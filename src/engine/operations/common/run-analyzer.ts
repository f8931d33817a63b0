import { failure, invalidParameter } from "../../../errors.js";
import { type Analyzer, analyzerOf, analyzerOfText } from "../../../text/analyzer.js";
import { termId } from "../../../text/term-vector.js";
import { AnalyzerError, type Token } from "../../../text/token.js";
import { utf8Offsets } from "../../../text/utf8-offsets.js";
import { Slices } from "../../../values/slices.js";
import type { EngineContext } from "../../context.js";
import type { CallLimits } from "../../contract/call-limits.js";
import type { AnalyzedToken, RunAnalyzerRequest } from "../../contract/common.js";
import { completeAnalyzer } from "../../model/analyzer-files.js";
import { MAX_REPLY_BYTES } from "../../model/limits.js";
import { fieldByName } from "../../model/schema.js";
import { fieldAnalyzers } from "../../model/text-analyzers.js";
import { analyzerFiles } from "../file-resources/files.js";
import type { Operation } from "../operation.js";
import { isLoaded, requireCollection } from "../resolve.js";

/** Shows what an analyzer makes of texts. */
export const runAnalyzer: Operation<"common/run_analyzer"> = {
  path: "common/run_analyzer",
  async run(ctx, request, limits) {
    const analyzerAt = analyzersIn(ctx, request);
    const most = limits.replyBytes ?? MAX_REPLY_BYTES;
    const slices = new Slices();
    const results: { tokens: AnalyzedToken[] }[] = [];
    let bytes = 0;
    for (const [i, text] of request.text.entries()) {
      if (text.length > MAX_TEXT) throw invalidParameter(`the text is longer than ${MAX_TEXT} characters`);
      const tokens = await analyzed(ctx, analyzerAt(i), text, limits, slices);
      bytes += tokens.length * TOKEN_BYTES;
      if (bytes > most) throw failure("ReplyTooLarge", { limit: most });
      results.push({ tokens: shown(text, tokens, request) });
    }
    return { data: { results } };
  },
};

/** The tokens of a text; the event loop runs between the filters. @throws Timeout */
async function analyzed(
  ctx: EngineContext,
  analyzer: Analyzer,
  text: string,
  { deadline }: CallLimits,
  slices: Slices,
): Promise<readonly Token[]> {
  const steps = analyzer.steps(text);
  for (;;) {
    const { done, value } = ctx.deadline.during(deadline, () => {
      ctx.deadline.check();
      return steps.next();
    });
    if (done === true) return value;
    if (slices.over) await slices.next();
  }
}

/** No field holds longer ones; each token of a text takes a hundred bytes. */
const MAX_TEXT = 1024 * 1024;
const TOKEN_BYTES = 100;

/** The analyzer of each text. */
function analyzersIn(ctx: EngineContext, request: RunAnalyzerRequest): (text: number) => Analyzer {
  const { collectionName = "", fieldName = "", analyzerParams } = request;
  const hasParams = analyzerParams !== undefined && analyzerParams !== "";
  if (collectionName === "") {
    const analyzer = ofParams(ctx, analyzerParams);
    return () => analyzer;
  }
  if (hasParams) throw invalidParameter("run analyzer can't use analyzer params and (collection,field) in same time");
  if (fieldName === "") throw invalidParameter("must set field name when collection name was set");
  return ofField(ctx, { ...request, collectionName }, fieldName);
}

function ofParams(ctx: EngineContext, params: unknown): Analyzer {
  const text = typeof params === "string" ? params : params === undefined ? undefined : JSON.stringify(params);
  const complete = text === undefined ? undefined : completeAnalyzer(text, analyzerFiles(ctx));
  try {
    return complete === text && typeof params !== "string" ? analyzerOf(params) : analyzerOfText(complete);
  } catch (error) {
    if (!(error instanceof AnalyzerError)) throw error;
    throw failure("InvalidParameter", { text: error.message }, error);
  }
}

function ofField(
  ctx: EngineContext,
  request: RunAnalyzerRequest & { readonly collectionName: string },
  fieldName: string,
): (text: number) => Analyzer {
  const collection = requireCollection(ctx, request);
  if (!isLoaded(collection)) throw failure("CollectionNotLoaded", { collection: collection.id });
  const field = fieldByName(collection.schema, fieldName);
  if (field === undefined) throw failure("FieldNotFound", { field: fieldName });
  const isInput = collection.schema.functions.some((f) => f.type === "BM25" && f.inputFieldNames.includes(fieldName));
  if (!isInput) {
    throw invalidParameter(
      `analyzer runner for field ${field.id} not exist, now only support run analyzer by field if field was bm25 input field`,
    );
  }
  const names = request.analyzerNames ?? [];
  if (names.length > 1 && names.length !== request.text.length) {
    throw invalidParameter(
      `only support set one analyzer name for all text or set analyzer name for each text, but now analyzer name num: ${names.length}, text num: ${request.text.length}`,
    );
  }
  const analyzers = fieldAnalyzers(field);
  if (analyzers.byField !== undefined && names.length === 0) {
    throw failure("MissingParameter", { text: "analyzer names must be set for multi analyzer" });
  }
  return (text) => analyzers.named(names.length > 1 ? names[text] : names[0]);
}

function shown(text: string, tokens: readonly Token[], { withDetail, withHash }: RunAnalyzerRequest): AnalyzedToken[] {
  const offsets =
    withDetail === true
      ? utf8Offsets(
          text,
          tokens.flatMap(({ start, end }) => [start, end]),
        )
      : undefined;
  return tokens.map((token) => ({
    token: token.text,
    ...(offsets === undefined
      ? {}
      : {
          startOffset: offsets.get(token.start) as number,
          endOffset: offsets.get(token.end) as number,
          position: token.position,
          positionLength: token.positionLength,
        }),
    ...(withHash === true ? { hash: termId(token.text) } : {}),
  }));
}
