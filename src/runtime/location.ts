import { pathToFileURL } from "node:url";

/**
 * The file this code lies in, as a URL. A bundler that writes CommonJS leaves `import.meta.url` empty: there the name of
 * the bundle stands in.
 */
export function codeLocation(): string {
  const url = import.meta.url as string | undefined;
  if (url !== undefined && url !== "") return url;
  return typeof __filename === "string" ? pathToFileURL(__filename).href : pathToFileURL(`${process.cwd()}/`).href;
}
