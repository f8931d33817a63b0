import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { answerOf, python, pythonWith } from "../clients/harness/languages.js";
import { compiledGo, compiledJava } from "../clients/harness/programs.js";
import { walk, walkTo } from "../clients/harness/walk.js";
import { comparable, knownDifference } from "./client-differences.js";
import { type RealServer, startRealServer } from "./real-server.js";

// Long tier: `npm run test:long`. The walks of test/clients, step by step beside a real Milvus.
const wanted = process.env["ELANUS_ORACLE"] === "1";
const file = (name: string) => fileURLToPath(new URL(`../clients/${name}`, import.meta.url));

/** What runs a walk. */
type Program = readonly [command: string, ...parameters: string[]];
interface Client {
  readonly name: string;
  readonly installed: boolean;
  /** Walks without nulls, BM25 or geometry, of which the old server dies. */
  readonly walks: readonly string[];
  program(walk: string): Program;
}

const clients: readonly Client[] = [
  ...["2.6.17", "3.0.2"].map((version) => ({
    name: `pymilvus ${version}`,
    installed: python !== undefined,
    walks: ["quickstart", "partitions", "orm", "async", "iterators", "definitions"],
    program: (name: string): Program => [
      pythonWith(file(`python/requirements-${version}.txt`)),
      file("python/walk.py"),
      name,
    ],
  })),
  ...["@zilliz/milvus2-sdk-node", "milvus2-sdk-node-3"].map((client) => ({
    name: client,
    installed: true,
    walks: ["quickstart", "partitions", "iterators", "definitions"],
    program: (name: string): Program => [process.execPath, file("node/walk.mjs"), client, name],
  })),
  ...["v1", "v2"].map((version) => ({
    name: `Go ${version}`,
    installed: answerOf("go", "version") !== undefined,
    walks: ["without nulls"],
    program: (name: string): Program => [compiledGo(version), name],
  })),
  ...["v1", "v2"].map((version) => ({
    name: `Java ${version}`,
    installed: answerOf("mvn", "--version") !== undefined,
    walks: ["life"],
    program: (): Program => ["java", "-cp", compiledJava(), "Walk", version],
  })),
];

describe.skipIf(!wanted)(`clients beside Milvus 2.3.5${wanted ? "" : ": skipped, ELANUS_ORACLE=1 runs them"}`, () => {
  let real: RealServer | undefined;
  afterEach(() => real?.stop(), 60_000);

  const each = clients
    .filter(({ installed }) => installed)
    .flatMap((client) => client.walks.map((name) => [client.name, name, client] as const));

  it.each(each)("%s, %s: codes, keys and states agree", { timeout: 1_200_000 }, async (client, name, { program }) => {
    const [command, ...parameters] = program(name);
    real = await startRealServer();
    const theirs = await walkTo(`http://127.0.0.1:${real.port}`, command, parameters, 300_000);
    const ours = await walk(command, parameters);
    const differences: unknown[] = [];
    for (const [step, mine] of ours.results) {
      const [here, there] = [comparable(mine), comparable(theirs.result(step))];
      if (JSON.stringify(here) === JSON.stringify(there)) continue;
      if (knownDifference(client, name, step) === undefined) differences.push({ step, here, there });
    }
    expect(differences).toEqual([]);
  });
});
