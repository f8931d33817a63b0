import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A fenced block, or code in a comment that a reader does not see. */
export interface Block {
  /** What the fence says; `setup` and `then` of hidden ones. */
  readonly language: string;
  readonly code: string;
  readonly line: number;
  /** The comment right before it. */
  readonly remark: string;
  /** The block follows another one with nothing but empty lines between. */
  readonly follows: boolean;
}

export interface MarkdownPage {
  /** Relative to the root. */
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** README and all pages of docs/, but for those that are made of the reference. */
export function markdownPages(): MarkdownPage[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !file.startsWith("api"))
    .map((file) => join(root, "docs", file));
  return [join(root, "README.md"), ...docs.sort()].map((path) => {
    const text = readFileSync(path, "utf8");
    return { name: relative(root, path).replaceAll("\\", "/"), text, blocks: blocksOf(text) };
  });
}

function blocksOf(text: string): Block[] {
  const parts = /^(?:```(\w+)[^\n]*\n([\s\S]*?)^```$|<!-- ?([\s\S]*?)-->)/gm;
  const blocks: Block[] = [];
  let end = 0;
  let remark = "";
  for (const match of text.matchAll(parts)) {
    const [whole, language, code = "", comment] = match;
    const between = text.slice(end, match.index).trim();
    if (between !== "") remark = "";
    end = match.index + whole.length;
    const line = text.slice(0, match.index).split("\n").length;
    const follows = between === "" && blocks.length > 0;
    if (language !== undefined) blocks.push({ language, code, line, remark, follows });
    const [, hidden, hiddenCode = ""] = /^(setup|then)\n([\s\S]*)$/.exec(comment ?? "") ?? [];
    if (hidden !== undefined) blocks.push({ language: hidden, code: hiddenCode, line, remark: "", follows: false });
    remark = language === undefined ? (comment ?? "").trim() : "";
  }
  return blocks;
}
