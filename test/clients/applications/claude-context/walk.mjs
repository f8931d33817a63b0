// claude-context: indexes the files of a folder, and finds pieces of them by meaning and by words.
//
//   node walk.mjs <folder of its node_modules>
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { address, step } from "../../node/steps.mjs";
import { DIMENSION, embed } from "../words.mjs";

const folder = mkdtempSync(join(tmpdir(), "elanus-code-"));
// What it remembers of indexed folders lies below the home folder.
process.env.HOME = join(folder, "home");
const code = join(folder, "code");
mkdirSync(process.env.HOME);
mkdirSync(code);
const require = createRequire(join(process.argv[2], "walk.cjs"));
const { Context, Embedding, MilvusVectorDatabase } = require("@zilliz/claude-context-core");
// It tells much of what it does.
console.error = console.warn = () => {};
const { log } = console;
console.log = (...words) => String(words[0]).startsWith('{"step":') && log(...words);

class Words extends Embedding {
  maxTokens = 8192;
  async detectDimension() {
    return DIMENSION;
  }
  async embed(text) {
    return { vector: embed(text), dimension: DIMENSION };
  }
  async embedBatch(texts) {
    return Promise.all(texts.map((text) => this.embed(text)));
  }
  getDimension() {
    return DIMENSION;
  }
  getProvider() {
    return "words";
  }
}

const files = {
  "whale.ts": "/** Hunts the white whale. */\nexport function huntWhale(ship: string): string {\n  return ship;\n}\n",
  "walk.py": "def stroll_through_dublin(day):\n    return f'a walk on {day}'\n",
  "match.js": "export const makeMatch = (emma, frank) => [emma, frank];\n",
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(code, name), text);

const hits = (found) => found.map(({ relativePath, language, score }) => ({ relativePath, language, score }));
const createContext = () =>
  new Context({ embedding: new Words(), vectorDatabase: new MilvusVectorDatabase({ address }) });

async function walk(prefix) {
  const named = (label) => `${prefix}: ${label}`;
  const context = createContext();
  await step(named("index"), () => context.indexCodebase(code));
  await step(named("has index"), () => context.hasIndex(code));
  await step(named("search"), async () => hits(await context.semanticSearch(code, "huntWhale ship", 2, 0)));
  await step(named("search in Python"), async () =>
    hits(await context.semanticSearch(code, "huntWhale ship", 3, 0, 'fileExtension in [".py"]')),
  );
  await step(named("no change"), () => context.reindexByChange(code));
  rmSync(join(code, "match.js"));
  writeFileSync(join(code, "walk.py"), "def anchor_the_ship(harbour):\n    return harbour\n");
  await step(named("changes"), () => context.reindexByChange(code));
  await step(named("search for what is new"), async () =>
    hits(await context.semanticSearch(code, "anchor harbour", 1, 0)),
  );
  await step(named("search for what is gone"), async () =>
    hits(await context.semanticSearch(code, "makeMatch emma", 5, 0)),
  );
  await step(named("index again"), () => createContext().indexCodebase(code, undefined, true));
  await step(named("clear"), () => context.clearIndex(code));
  await step(named("has none"), () => context.hasIndex(code));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(code, name), text);
}

await walk("hybrid");
process.env.HYBRID_MODE = "false";
await walk("dense");
rmSync(folder, { recursive: true, force: true });
process.exit(0);
