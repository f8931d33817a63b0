import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { built } from "./languages.js";

/** The walk of a line of the Go client, `v1` or `v2`, compiled in the cache. */
export function compiledGo(version: string): string {
  const source = fileURLToPath(new URL(`../go/${version}`, import.meta.url));
  const files = ["go.mod", "go.sum", "main.go"].map((file) => join(source, file));
  const folder = built(`go-${version}`, files, (target) => {
    execFileSync("go", ["build", "-mod=readonly", "-buildvcs=false", "-o", join(target, "walk"), "."], {
      cwd: source,
      stdio: "pipe",
    });
  });
  return join(folder, "walk");
}

/** The class path of the walk, compiled in the cache. */
export function compiledJava(): string {
  const source = fileURLToPath(new URL("../java", import.meta.url));
  const files = ["pom.xml", "src/main/java/Walk.java"].map((file) => join(source, file));
  const folder = built("java", files, (target) => {
    cpSync(source, target, { recursive: true });
    const list = join(target, "classpath.txt");
    execFileSync("mvn", ["-q", "-B", "dependency:build-classpath", `-Dmdep.outputFile=${list}`], {
      cwd: target,
      stdio: "pipe",
    });
    const parameters = ["-nowarn", "-cp", readFileSync(list, "utf8"), "-d", join(target, "classes")];
    execFileSync("javac", [...parameters, join(target, "src/main/java/Walk.java")], { stdio: "pipe" });
  });
  return [join(folder, "classes"), readFileSync(join(folder, "classpath.txt"), "utf8")].join(delimiter);
}
