import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleSource, root } from "../build/sources.mjs";

/** The page is checked in: links to it must work where nobody has built anything. */
export const errorsPath = join(root, "docs/errors.md");

/** `{ kind: documentation }` of the catalogue, from the comments above its entries; undefined where there is none. */
export function documentation() {
  const folder = join(root, "src/error-catalogue");
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const catalogue = sources.map((source) => /Errors = \{([\s\S]*?)\n\} as const/.exec(source)?.[1] ?? "").join("");
  const entries = /(?:\n {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/)?\n {2}(\w+): /g;
  return Object.fromEntries(
    [...catalogue.matchAll(entries)].map(([, comment, kind]) => [kind, comment?.replace(/\s*\n\s*\*\s?/g, " ").trim()]),
  );
}

/** The page of all errors: one line per kind. */
export async function errorsPage() {
  const { ErrorCatalogue } = await import(`${await bundleSource("src/errors.ts")}?${Date.now()}`);
  const meaning = documentation();
  const lines = Object.entries(ErrorCatalogue)
    .sort(([a], [b]) => a.localeCompare(b, "en"))
    .map(([kind, { code, head, text }]) => {
      const message = String(text(placeholders())).replaceAll("|", "\\|");
      return `| \`${kind}\` | ${code} | ${head ?? ""} | ${(meaning[kind] ?? "").replaceAll("|", "\\|")} | \`${message.replaceAll("`", "'")}\` |`;
    });
  return `# Errors

Made by \`npm run docs:errors\` from \`src/error-catalogue\`. Tell errors apart by \`kind\` (\`isElanusError(error, "CollectionNotLoaded")\`), never by
their message. Several kinds share one code.

Where the column \`3.0\` has a code, that is the one you get by default; if it is 1100, \`: invalid parameter\` follows the message. With
\`serverVersion: "2.6"\` or \`errorForm: "early"\` you get that of the column \`code\`, and the message as it stands here. Where the message
shows \`<name>\`, \`error.details.name\` holds the value.

| kind | code | 3.0 | when | message |
| --- | --- | --- | --- | --- |
${lines.join("\n")}
`;
}

/** Details whose every value prints as its own name. */
function placeholders() {
  return new Proxy(
    {},
    {
      get(_, name) {
        const shown = `<${String(name)}>`;
        // Lists are joined, numbers compared.
        return Object.assign([shown], { toString: () => shown, length: 1 });
      },
    },
  );
}
