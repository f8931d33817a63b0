import type { Block, MarkdownPage } from "./markdown.js";

/** A thing that is done when a page is tried, in the order of the page. */
export type Step =
  | {
      readonly kind: "program";
      readonly line: number;
      readonly code: string;
      /** What blocks `text` behind its own say that it prints; "" if there are none. */
      readonly printed: string;
    }
  | {
      readonly kind: "shell" | "background";
      readonly line: number;
      readonly code: string;
      /** What the block behind it says that is printed. */
      readonly answer?: { readonly language: "text" | "json"; readonly text: string };
    };

export interface Plan {
  readonly steps: readonly Step[];
  /** Blocks that are not run, with the reason that the page gives in a comment. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  /** Blocks that are neither run nor have a reason. */
  readonly left: readonly Block[];
}

/** Languages that are no program, or are looked at by a test of their own. */
const OTHERS = new Set(["text", "json", "filter", "py", "python", "java", "go", "http"]);
const NOT_RUN = /^not run: (.+)$/s;
const NODE = new Set(["js", "ts"]);

/**
 * A program is made of the blocks `js` and `ts` of a page, one behind the other. It begins with a comment `setup`, or with
 * a block that imports something and has no setup before it; a block `sh` ends it.
 */
export function planOf({ blocks }: MarkdownPage): Plan {
  const steps: Step[] = [];
  const skipped: { line: number; reason: string }[] = [];
  const left: Block[] = [];
  let program: { line: number; code: string; begun: boolean; printed: string } | undefined;
  const end = (): void => {
    if (program !== undefined) {
      const { line, code, printed } = program;
      steps.push({ kind: "program", line, code, printed });
    }
    program = undefined;
  };
  const goOn = (code: string, line: number): void => {
    program = { ...(program ?? { line, printed: "" }), code: `${program?.code ?? ""}\n${code}`, begun: true };
  };

  for (const [i, block] of blocks.entries()) {
    const { language, code, line, remark } = block;
    const [, reason] = NOT_RUN.exec(remark) ?? [];
    if (reason !== undefined) skipped.push({ line, reason });
    else if (language === "setup") {
      end();
      program = { line, code, begun: false, printed: "" };
    } else if (language === "then") goOn(code, line);
    else if (NODE.has(language)) {
      if (/^import /m.test(code) && program?.begun !== false) end();
      goOn(code, line);
      const next = blocks[i + 1];
      if (program !== undefined && next?.follows === true && next.language === "text") program.printed += next.code;
    } else if (language === "sh") {
      end();
      const next = blocks[i + 1];
      const answer =
        next?.follows === true && (next.language === "text" || next.language === "json")
          ? { answer: { language: next.language, text: next.code } as const }
          : {};
      steps.push({ kind: remark === "run in the background" ? "background" : "shell", line, code, ...answer });
    } else if (!OTHERS.has(language)) left.push(block);
  }
  end();
  return { steps, skipped, left };
}

/** A program that throws where a line prints something else than the comment behind it says. */
export function checked(code: string): string {
  const imports = [...code.matchAll(/^import .*$/gm)].map(([line]) => line);
  const body = code.replace(/^import .*$/gm, "");
  const lines = body.split("\n").map((line) => {
    const [, indent = "", values, expected] = /^(.*?)\bconsole\.log\((.*)\);? ?\}?\)?;? \/\/ (.*)$/.exec(line) ?? [];
    if (values === undefined || expected === undefined || !/console\.log\(.*\); \/\/ /.test(line)) return line;
    return `${indent}printed(${JSON.stringify(expected)}, ${values});`;
  });
  return `${[...new Set(imports)].join("\n")}
import { format as formatted } from "node:util";
import { equal as printedIs } from "node:assert/strict";
const printed = (expected: string, ...values: unknown[]) => printedIs(formatted(...values), expected);
${lines.join("\n")}`;
}
