// Answers questions with passages of a folder of texts: node ask.mjs <folder> <question>...
import { join } from "node:path";
import { Elanus } from "elanus";
import { follow, passagesFor } from "./passages.mjs";

const [folder, ...questions] = process.argv.slice(2);
if (folder === undefined || questions.length === 0) throw new Error("node ask.mjs <folder> <question>...");

const db = await Elanus.open(join(folder, ".passages.db"));
const { read, gone } = await follow(db, folder);
console.log(`${read} files read, ${gone} gone`);
for (const question of questions) {
  console.log(`\n${question}`);
  const [best] = await passagesFor(db, question);
  // A language model would be given the question and the passages here.
  console.log(best === undefined ? "  nothing is said of that" : `  ${best.file}: ${best.text}`);
}
await db.close();
