import { readFileSync } from "node:fs";

/** Puts the page beside its bundle; html-webpack-plugin does as well. */
export default class CopyPage {
  constructor(page) {
    this.page = page;
  }

  apply(compiler) {
    compiler.hooks.thisCompilation.tap("CopyPage", (compilation) => {
      compilation.hooks.processAssets.tap("CopyPage", () => {
        const html = readFileSync(this.page, "utf8").replace("./renderer.ts", "./renderer.js");
        compilation.emitAsset("index.html", new compiler.webpack.sources.RawSource(html));
      });
    });
  }
}
