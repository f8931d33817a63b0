import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const docs = new URL("../../docs/", import.meta.url);
const folder = new URL("milvus-3/", docs);

/** How the database is opened that samples over a network are for. */
export const SERVED = { filesRoot: fileURLToPath(new URL("files", folder)) } as const;

/** A fenced block of a page, and what the block behind it says that it prints or answers. */
export interface Sample {
  readonly code: string;
  readonly expected: string;
}

/** The samples of a page of docs/milvus-3, by language, in their order. */
export interface Page {
  readonly name: string;
  /** Programs; what they print stands in a block `text` behind them. */
  readonly ts: readonly Sample[];
  readonly python: readonly Sample[];
  /** Requests, one after the other to one database; the reply stands in a block `json` behind each. */
  readonly http: readonly Sample[];
}

export function pages(): Page[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".md") && file !== "index.md")
    .map((file) => page(new URL(file, folder)));
}

/** Pages of docs/ whose blocks `ts` are programs. */
export function programs(): Page[] {
  return ["applications", "embedding", "see-inside", "typed"].map((name) => page(new URL(`${name}.md`, docs)));
}

function page(file: URL): Page {
  const text = readFileSync(file, "utf8");
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({ language, code }));
  const samples = (language: string, answers: string): Sample[] =>
    blocks.flatMap(({ language: own, code = "" }, i) => {
      if (own !== language) return [];
      const next = blocks[i + 1];
      return [{ code, expected: next?.language === answers ? (next.code ?? "") : "" }];
    });
  return {
    name: basename(file.pathname, ".md"),
    ts: samples("ts", "text"),
    python: samples("python", "text"),
    http: samples("http", "json"),
  };
}

/** A request as it is written in a page: `POST <path>`, headers, an empty line, the body. */
export function parseRequest({ code }: Sample): { path: string; headers: Record<string, string>; body: string } {
  const [head = "", body = ""] = code.split("\n\n");
  const [first = "", ...lines] = head.split("\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
  });
  return { path: first.replace(/^POST /, "").trim(), headers: Object.fromEntries(headers), body };
}
