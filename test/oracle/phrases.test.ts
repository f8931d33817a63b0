import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import type { PhraseToken } from "../../src/text/match.js";
import { pythonWith } from "../clients/harness/languages.js";

// Long tier: `npm run test:long`. The text index that Milvus embeds (tantivy) is asked the same as we are.
const wanted = process.env["ELANUS_ORACLE"] === "1";
const RUNS = Number(process.env["ELANUS_ORACLE_PHRASES"] ?? 150);
const file = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

interface Phrase {
  readonly tokens: readonly PhraseToken[];
  readonly slop: number;
}

class Tantivy {
  readonly #process = spawn(pythonWith(file("tantivy.txt")), [file("phrases.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  readonly #lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  async find(rows: readonly string[], phrases: readonly Phrase[]): Promise<number[][]> {
    this.#process.stdin.write(`${JSON.stringify({ rows, phrases })}\n`);
    return JSON.parse((await this.#lines.next()).value as string) as number[][];
  }

  close(): void {
    this.#process.stdin.end();
  }
}

/** What is wrong where its package cannot be installed. */
function startTantivy(): Tantivy | Error {
  try {
    return new Tantivy();
  } catch (error) {
    return error as Error;
  }
}

/** The analyzer drops `x`: it leaves gaps. */
const GAP = "x";
const letters = fc.integer({ min: 3, max: 7 }).map((count) => "abcdefg".slice(0, count));
const aCase = letters.chain((some) => {
  // Some words are far more frequent than others.
  const word = fc.constantFrom(...some, ...some.slice(0, 2), ...some.slice(0, 1), ...some.slice(0, 1));
  return fc.record({
    rows: fc.array(fc.array(word, { maxLength: 14 }), { minLength: 1, maxLength: 25 }),
    phrases: fc.array(
      fc.record({
        words: fc
          .array(fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: fc.constant(GAP) }), {
            minLength: 2,
            maxLength: 6,
          })
          .filter((words) => words.filter((one) => one !== GAP).length >= 2),
        slop: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 250, max: 300 })),
      }),
      { minLength: 5, maxLength: 10 },
    ),
  });
});

describe.skipIf(!wanted)(`phrases beside tantivy${wanted ? "" : ": skipped, ELANUS_ORACLE=1 runs it"}`, () => {
  it("are found in the same rows", { timeout: 3_600_000 }, async (context) => {
    const tantivy = startTantivy();
    if (tantivy instanceof Error) return context.skip(String(tantivy));
    const db = await Elanus.open(":memory:");
    await fc.assert(
      fc.asyncProperty(aCase, async ({ rows, phrases }) => {
        await fill(
          db,
          rows.map((row) => row.join(" ")),
        );
        const theirs = await tantivy.find(
          rows.map((row) => row.join(" ")),
          phrases.map(({ words, slop }) => ({ tokens: tokensOf(words), slop })),
        );
        for (const [i, { words, slop }] of phrases.entries()) {
          const filter = `phrase_match(t, "${words.join(" ")}", ${slop})`;
          const found = await db.entities.query({ collectionName: "c", filter, outputFields: ["id"], limit: 100 });
          expect(
            found.map(({ id }) => Number(id)),
            filter,
          ).toEqual(theirs[i]);
        }
      }),
      { numRuns: RUNS },
    );
    await db.close();
    tantivy.close();
  });
});

function tokensOf(words: readonly string[]): PhraseToken[] {
  return words.flatMap((text, position) => (text === GAP ? [] : [{ text, position }]));
}

async function fill(db: Elanus, rows: readonly string[]): Promise<void> {
  await db.collections.drop({ collectionName: "c" });
  await db.collections.create({
    collectionName: "c",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        {
          fieldName: "t",
          dataType: "VarChar",
          elementTypeParams: {
            max_length: 200,
            enable_analyzer: true,
            enable_match: true,
            analyzer_params: { tokenizer: "standard", filter: [{ type: "stop", stop_words: [GAP] }] },
          },
        },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
  await db.entities.insert({ collectionName: "c", data: rows.map((t, id) => ({ id, t, v: [0, 0] })) });
}
