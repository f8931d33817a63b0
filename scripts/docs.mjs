// Writes the pages that are made from the sources and checked in, and docs/api, the reference made from the comments of the public names.
//
//   node scripts/docs.mjs [compatibility|errors|fields]      only that page
import { writeFileSync } from "node:fs";
import { compatibilityPage, compatibilityPath } from "./docs/compatibility.mjs";
import { errorsPage, errorsPath } from "./docs/errors.mjs";
import { makeReference } from "./docs/reference.mjs";
import { withoutEffectPage, withoutEffectPath } from "./docs/without-effect.mjs";

const PAGES = {
  compatibility: [compatibilityPath, compatibilityPage],
  errors: [errorsPath, errorsPage],
  fields: [withoutEffectPath, withoutEffectPage],
};

const only = process.argv[2];
for (const [name, [path, page]] of Object.entries(PAGES)) {
  if (only === undefined || only === name) writeFileSync(path, await page());
}
if (only === undefined) makeReference();
