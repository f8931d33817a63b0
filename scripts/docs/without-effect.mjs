import { join } from "node:path";
import { bundleSource, root } from "../build/sources.mjs";

/** The page is checked in, as that of the errors is. */
export const withoutEffectPath = join(root, "docs/without-effect.md");

/** The page of all that requests may hold without effect, and why nobody misses it. */
export async function withoutEffectPage() {
  const tables = await import(`${await bundleSource("src/engine/contract/without-effect.ts")}?${Date.now()}`);
  const { WITHOUT_EFFECT, MESSAGE_FIELDS_WITHOUT_EFFECT, PARAMETERS_WITHOUT_EFFECT } = tables;
  const list = (reasons, name = (key) => `\`${key}\``) =>
    Object.entries(reasons)
      .map(([key, reason]) => `| ${name(key)} | ${reason} |`)
      .join("\n");
  const section = (title, rows) => `## ${title}\n\n| field | why |\n| --- | --- |\n${rows}\n`;
  const bodies = Object.entries(WITHOUT_EFFECT)
    .map(([path, reasons]) => list(reasons, (key) => `\`${path}\` \`${key}\``))
    .join("\n");
  const groups = Object.entries(PARAMETERS_WITHOUT_EFFECT).map(([group, reasons]) =>
    section(TITLES[group], list(reasons)),
  );
  return `# Without effect

Made by \`npm run docs:fields\` from \`src/engine/contract/without-effect.ts\`. A field of a request, a parameter or a property that Milvus 2.6
or 3.0 knows does here what it does there, or is refused with code 3000 and its name, or stands on this page.

${section("Bodies of REST and typed calls", bodies)}
${section("Messages of gRPC", list(MESSAGE_FIELDS_WITHOUT_EFFECT))}
${groups.join("\n")}`;
}

const TITLES = {
  search: "Parameters of searches",
  query: "Parameters of queries",
  collection: "Properties of collections",
  database: "Properties of databases",
  field: "Parameters of fields",
  index: "Parameters of indexes",
};
