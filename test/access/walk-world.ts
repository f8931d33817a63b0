import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Elanus } from "../../src/index.js";

/** A store in which nearly every request of the walk succeeds; brought back to that when one has changed it. */
export interface World {
  readonly db: Elanus;
  readonly close: () => Promise<void>;
  /** Where exports go, which is not there, and what an earlier one has written. */
  readonly exportFolder: string;
  readonly exported: string;
  /** Of the collection `c`, which is another one after each change. */
  collectionID: number;
  pinId: number;
  jobId: number;
  exportJobId: number;
  /** Whose rows lie ready. */
  importJobId: string;
}

const C = { collectionName: "c" };
export const ROWS = [
  { id: 1, text: "a b", title: "c d", vector: [1, 2] },
  { id: 2, text: "b", title: "d", vector: [2, 1] },
];
export const EMBEDDING = {
  name: "embedding",
  type: "TextEmbedding",
  inputFieldNames: ["title"],
  outputFieldNames: ["made"],
  params: { provider: "openai", model_name: "m" },
};
const VARCHAR = { max_length: 20, enable_analyzer: true };

export async function openWorld(): Promise<World> {
  const filesRoot = mkdtempSync(join(tmpdir(), "elanus-walk-"));
  writeFileSync(join(filesRoot, "words.txt"), "the\n");
  writeFileSync(join(filesRoot, "rows.json"), JSON.stringify([{ ...ROWS[0], id: 9 }]));
  const db = await Elanus.open(":memory:", {
    durability: "off",
    v1ErrorDialect: "server",
    filesRoot,
    importRoot: filesRoot,
    functions: { embed: async (texts: readonly string[]) => texts.map((text) => [text.length, 1]) },
    auth: { users: { root: "Milvus", chief: "secret1", anna: { password: "secret1", roles: [] } } },
  });
  await db.roles.create({ roleName: "r" });
  await db.users.grantRole({ userName: "anna", roleName: "r" });
  await makeCollection(db);
  await db.snapshots.create({ ...C, snapshotName: "s" });
  const kept = await db.jobs.snapshot.export({ ...C, snapshotName: "s", targetS3Path: join(filesRoot, "kept") });
  return {
    db,
    async close() {
      await db.close();
      rmSync(filesRoot, { recursive: true });
    },
    exportFolder: join(filesRoot, "out"),
    exported: kept.snapshotMetadataURI,
    exportJobId: kept.jobId,
    collectionID: 0,
    pinId: 0,
    jobId: 0,
    importJobId: "",
  };
}

async function makeCollection(db: Elanus): Promise<void> {
  await db.collections.create({
    ...C,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "text", dataType: "VarChar", elementTypeParams: VARCHAR },
        { fieldName: "title", dataType: "VarChar", elementTypeParams: VARCHAR },
        { fieldName: "spare", dataType: "Int64", nullable: true },
        { fieldName: "terms", dataType: "SparseFloatVector" },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "made", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
      functions: [{ name: "f", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["terms"] }, EMBEDDING],
    },
    indexParams: [
      { fieldName: "vector", indexName: "i", metricType: "L2", indexType: "HNSW" },
      { fieldName: "made", indexName: "m", metricType: "L2" },
      { fieldName: "terms", indexName: "t", metricType: "BM25", indexType: "SPARSE_INVERTED_INDEX" },
      { fieldName: "text", indexName: "k", indexType: "INVERTED" },
    ],
  });
  await db.partitions.create({ ...C, partitionName: "p" });
  await db.aliases.create({ ...C, aliasName: "a" });
  await db.entities.insert({ ...C, data: ROWS });
}

/** How a call needs the collection: without aliases and with one vector field, as quick create makes one; or with all there is. */
export type State = "quick" | "loaded" | "released";

/** Everything as it was. @param snapshots whether the call is about them */
export async function restore(world: World, state: State, snapshots: boolean): Promise<void> {
  const { db } = world;
  await restored(db);
  for (const aliasName of await db.aliases.list()) await db.aliases.drop({ aliasName });
  for (const collectionName of await db.collections.list()) await db.collections.drop({ collectionName });
  for (const dbName of await db.databases.list()) if (dbName !== "default") await db.databases.drop({ dbName });
  await db.databases.create({ dbName: "shop", properties: { "database.replica.number": "1" } });
  if (state === "quick") {
    await db.collections.create({ ...C, dimension: 2 });
    await db.entities.insert({ ...C, data: ROWS });
  } else {
    await makeCollection(db);
    if (state === "released") await db.collections.release(C);
  }
  if (snapshots) await makeSnapshots(world);
  await makeImport(world);
  world.collectionID = (await db.segments.list(C))[0]?.collectionID ?? 0;
  await restoreUsers(db);
  for (const name of await db.resourceGroups.list()) {
    if (name.startsWith("__")) continue;
    await db.resourceGroups.alter({ resource_groups: { [name]: {} } });
    await db.resourceGroups.drop({ name });
  }
  await db.resourceGroups.create({ name: "g" });
  for (const { name } of await db.fileResources.list()) await db.fileResources.remove({ name });
  await db.fileResources.add({ name: "words", path: "words.txt" });
}

async function makeSnapshots(world: World): Promise<void> {
  const { db } = world;
  rmSync(world.exportFolder, { recursive: true, force: true });
  await db.snapshots.create({ ...C, snapshotName: "s" });
  ({ pinId: world.pinId } = await db.snapshots.pin({ ...C, snapshotName: "s" }));
  await db.snapshots.unpin({ pinId: world.pinId });
  ({ jobId: world.jobId } = await db.snapshots.restore({ ...C, snapshotName: "s", targetCollectionName: "copy" }));
  await restored(db);
  await db.collections.drop({ collectionName: "copy" });
}

async function makeImport(world: World): Promise<void> {
  const { db } = world;
  const options = { auto_commit: "false" };
  world.importJobId = (await db.jobs.import.create({ ...C, files: [["rows.json"]], options })).jobId;
  for (;;) {
    const { state } = await db.jobs.import.describe({ jobId: world.importJobId });
    if (state !== "Pending" && state !== "Importing") return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Users and roles as they were. A password takes its time: who has his keeps it. */
async function restoreUsers(db: Elanus): Promise<void> {
  const known = await db.users.list();
  if (known.includes("newcomer")) await db.users.drop({ userName: "newcomer" });
  const changed = await db.as({ user: "somebody", password: "secret1" }).then(
    () => false,
    () => true,
  );
  if (changed) {
    await db.users.drop({ userName: "somebody" });
    await db.users.create({ userName: "somebody", password: "secret1" });
  }
  for (const roleName of ["x", "y"]) {
    if ((await db.roles.list()).includes(roleName)) await db.roles.drop({ roleName, forceDrop: true });
  }
  await db.roles.create({ roleName: "x" });
  await db.roles.grantPrivilegeV2({ roleName: "r", privilege: "GetImportProgress", collectionName: "c" });
  for (const privilegeGroupName of ["group", "other"]) await db.privilegeGroups.drop({ privilegeGroupName });
  const group = { privilegeGroupName: "group" };
  await db.privilegeGroups.create(group);
  await db.privilegeGroups.addPrivilegesToGroup({ ...group, privileges: ["Query"] });
}

/** Restores go on behind the calls that began them. */
async function restored(db: Elanus): Promise<void> {
  for (;;) {
    const { records } = await db.jobs.snapshot.list();
    if (records.every(({ state }) => /Completed|Failed/.test(state))) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
