import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { MarkdownRenderer } from "vitepress";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const docs = resolve(root, "docs");

/**
 * Pages may link to files of the repository, which readers of the checkout follow. The site has no such files: it shows
 * their paths, and links to them where ELANUS_REPOSITORY says where files of the repository are shown. Files of the root that
 * are shown as pages link to pages by `docs/...`.
 */
export function outsideLinks(md: MarkdownRenderer): void {
  md.core.ruler.push("outside-links", ({ tokens, env }) => {
    const { path } = env as { path: string };
    for (const { children } of tokens) {
      let leaves = false;
      for (const token of children ?? []) {
        if (token.type === "link_close" && leaves) {
          Object.assign(token, { tag: "span" });
          leaves = false;
        }
        const href = token.type === "link_open" ? token.attrGet("href") : null;
        if (href?.startsWith("docs/")) token.attrSet("href", href.replace("docs", ""));
        if (href === null || !href.startsWith(".")) continue;
        const target = resolve(path, "..", href.replace(/#.*/, ""));
        if (!relative(docs, target).startsWith("..")) continue;
        const base = process.env["ELANUS_REPOSITORY"];
        const file = relative(root, target).split(sep).join("/");
        if (base !== undefined) token.attrSet("href", `${base}/${file}`);
        else {
          Object.assign(token, { tag: "span", attrs: [["title", file]] });
          leaves = true;
        }
      }
    }
  });
}
