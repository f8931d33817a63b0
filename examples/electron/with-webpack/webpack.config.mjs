import { resolve } from "node:path";
import CopyPlugin from "./copy-page.mjs";

// TypeScript goes through Node's own way of taking types out; ts-loader or swc-loader do as well.
const common = {
  mode: "production",
  devtool: false,
  resolve: { extensions: [".ts", ".js"], extensionAlias: { ".js": [".ts", ".js"] } },
  module: { rules: [{ test: /\.ts$/, use: resolve("with-webpack/strip-types.cjs") }] },
};
const output = (folder) => ({ path: resolve("dist", folder), filename: "[name].js", chunkFilename: "[name].js" });

export default [
  {
    ...common,
    name: "main",
    target: "electron-main",
    entry: { main: "./src/main.ts", utility: "./src/store/utility.ts" },
    output: output("main"),
    node: { __dirname: false },
    // It is packed beside the bundle. Inside of it works as well: then better-sqlite3 stays outside, an addon cannot be bundled.
    externals: { elanus: "commonjs elanus" },
  },
  {
    ...common,
    name: "preload",
    target: "electron-preload",
    entry: { preload: "./src/preload.ts" },
    output: output("preload"),
  },
  {
    ...common,
    name: "renderer",
    target: "web",
    entry: { renderer: "./src/renderer/renderer.ts" },
    output: output("renderer"),
    plugins: [new CopyPlugin("src/renderer/index.html")],
  },
];
