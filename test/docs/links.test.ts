import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { markdownPages, root } from "./markdown.js";

/** Every link inside of the project leads somewhere, to a file and to a heading in it. */

const pages = [
  ...markdownPages().map(({ name, text }) => ({ name, text })),
  ...["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "bench/RESULTS.md"].map((name) => ({
    name,
    text: readFileSync(join(root, name), "utf8"),
  })),
];

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");

/** As GitHub and VitePress make them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.*)$/gm)];
  return new Set(
    headings.map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-"),
    ),
  );
}

describe.each(pages)("$name", ({ name, text }) => {
  const links = [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)|^ *link: (\S+)$/gm)]
    .map(([, inText, inHead]) => inText ?? inHead ?? "")
    .filter((link) => !/^\w+:/.test(link));
  const snippets = [...text.matchAll(/^<<< @\/(\S+)/gm)].map(([, path = ""]) => path);

  it("links to what is there", () => {
    const missing = links.filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = targetOf(name, path);
      if (target === undefined) return true;
      if (anchor === undefined) return false;
      return statSync(target).isDirectory() || !anchorsOf(readFileSync(target, "utf8")).has(anchor);
    });
    expect(missing).toEqual([]);
  });

  it("shows files that are there", () => {
    expect(snippets.filter((path) => !existsSync(join(root, "docs", path)))).toEqual([]);
  });
});

describe("the site", () => {
  it("leads to every page", () => {
    const config = readFileSync(join(root, "tools/site/.vitepress/config.ts"), "utf8");
    const linked = [...config.matchAll(/page\("[^"]*", "\/([^"]*)"\)/g)].map(([, link = ""]) =>
      link.endsWith("/") ? `docs/${link}index.md` : `docs/${link}.md`,
    );
    const own = markdownPages().map(({ name }) => name);
    const missing = own.filter((name) => !["README.md", "docs/index.md"].includes(name) && !linked.includes(name));
    expect(missing).toEqual([]);
    expect(linked.filter((name) => !own.includes(name))).toEqual([]);
    const menu = linked.slice(linked.indexOf("docs/concepts.md"));
    expect(menu.filter((name, i) => menu.indexOf(name) !== i)).toEqual([]);
  });
});

function targetOf(page: string, path: string): string | undefined {
  const file = path.startsWith("/")
    ? [`docs${path}.md`, `docs${path}index.md`, `docs/public${path}`].map((each) => join(root, each))
    : [path === "" ? join(root, page) : resolve(root, dirname(page), path)];
  return file.find((each) => existsSync(each));
}
