import type { CallLimits } from "../engine/contract/call-limits.js";
import type { CollectionDescription } from "../engine/contract/collections.js";
import type { InputColumn, RecordBatch, SearchHits, StoredColumn } from "../engine/contract/column.js";
import type { IndexFacts, ItemFacts, PartitionFacts } from "../engine/contract/facts.js";
import type { CollectionRequest } from "../engine/contract/request.js";
import type { OperationPath, RequestOf, ResultOf } from "../engine/contract/table.js";
import type { Engine, Reply } from "../engine/index.js";
import type { DataType } from "../engine/model/data-type.js";
import type { StoredScalar } from "../engine/model/types/field-type.js";
import { scalarType } from "../engine/model/types/table.js";
import { isElanusError } from "../errors.js";
import { definitionOf } from "./definition.js";
import { hitsByQuery } from "./rows.js";
import { type ServerVersion, THIS_ENGINE } from "./server-version.js";
import type {
  CollectionName,
  DescribedCollection,
  IndexDescription,
  Key,
  NearestRequest,
  PartitionDescription,
  ReadRequest,
  Side,
  WriteRequest,
} from "./side.js";

/** An engine of this package, in this process or in a worker. */
export class EngineSide implements Side {
  readonly name: string;
  readonly server: ServerVersion = THIS_ENGINE;
  readonly isHere: boolean = true;
  readonly readsReleased: boolean = true;
  readonly #engine: Pick<Engine, "execute">;

  constructor(engine: Pick<Engine, "execute">, name: string) {
    this.#engine = engine;
    this.name = name;
  }

  /** Tells this store from every other one, wherever its file lies. */
  async identity(): Promise<string> {
    const { data, facts = [] } = await this.ask("databases/list", {});
    const own = (facts as readonly ItemFacts[])[data.indexOf("default")];
    return `${own?.id ?? 0}-${own?.createdAt ?? 0}`;
  }

  async databases(): Promise<readonly string[]> {
    return (await this.ask("databases/list", {})).data;
  }

  async createDatabase(dbName: string): Promise<void> {
    await this.ask("databases/create", { dbName });
  }

  async collections(dbName: string): Promise<readonly string[]> {
    return (await this.ask("collections/list", { dbName })).data;
  }

  async describe({ database, collection }: CollectionName): Promise<DescribedCollection | undefined> {
    const asked = { dbName: database, collectionName: collection };
    let described: Reply<CollectionDescription, unknown>;
    try {
      described = await this.ask("collections/describe", asked);
    } catch (error) {
      if (isElanusError(error, "CollectionNotFound") || isElanusError(error, "DatabaseNotFound")) return undefined;
      throw error;
    }
    const { data: description } = described;
    const [known] = (described.facts ?? []) as readonly ItemFacts[];
    return {
      id: `${description.collectionID}-${known?.createdAt ?? 0}`,
      description,
      partitions: await this.partitionsOf(asked),
      indexes: await this.indexesOf(asked, description),
    };
  }

  async createCollection(database: string, description: CollectionDescription): Promise<void> {
    await this.ask("collections/create", definitionOf(database, description));
  }

  async setProperty(name: CollectionName, key: string, value: string): Promise<void> {
    await this.ask("collections/alter_properties", { ...of(name), properties: { [key]: value } });
  }

  async dropProperty(name: CollectionName, key: string): Promise<void> {
    await this.ask("collections/drop_properties", { ...of(name), propertyKeys: [key] });
  }

  async createPartition(name: CollectionName, partitionName: string): Promise<void> {
    await this.ask("partitions/create", { ...of(name), partitionName });
  }

  async createIndex(name: CollectionName, { params, metricType, ...index }: IndexDescription): Promise<void> {
    const given = Object.fromEntries(params.map(({ key, value }) => [key, value]));
    const definition = { ...index, params: given, ...(metricType !== "" && { metricType }) };
    await this.ask("indexes/create", { ...of(name), indexParams: [definition] });
  }

  async dropIndex(name: CollectionName, indexName: string): Promise<void> {
    await this.ask("indexes/drop", { ...of(name), indexName });
  }

  async createAlias(name: CollectionName, aliasName: string): Promise<void> {
    await this.ask("aliases/create", { ...of(name), aliasName });
  }

  async load(name: CollectionName, partitionNames: readonly string[] | undefined): Promise<void> {
    if (partitionNames === undefined) await this.ask("collections/load", of(name));
    else await this.ask("partitions/load", { ...of(name), partitionNames });
  }

  async release(name: CollectionName): Promise<void> {
    await this.ask("collections/release", of(name));
  }

  async read({ partition, filter, outputFields, limit, ...name }: ReadRequest): Promise<RecordBatch> {
    const request = {
      ...of(name),
      filter,
      outputFields,
      limit,
      ...(partition !== undefined && { partitionNames: [partition] }),
    };
    return (await this.ask("entities/query", request)).data;
  }

  async count(name: CollectionName, _: DescribedCollection, partition: string | undefined): Promise<number> {
    const { data } =
      partition === undefined
        ? await this.ask("collections/get_stats", of(name))
        : await this.ask("partitions/get_stats", { ...of(name), partitionName: partition });
    return data.rowCount;
  }

  async write({ partition, rows, mode, ...name }: WriteRequest): Promise<void> {
    await this.ask(mode === "insert" ? "entities/insert" : "entities/upsert", {
      ...of(name),
      columns: { rowCount: rows.rowCount, columns: rows.columns.map(inputColumn) },
      ...(partition !== undefined && { partitionName: partition }),
    });
  }

  async remove(name: CollectionName, partition: string | undefined, filter: string): Promise<void> {
    await this.ask("entities/delete", {
      ...of(name),
      filter,
      ...(partition !== undefined && { partitionName: partition }),
    });
  }

  async nearest({
    field,
    partitions,
    vectors,
    limit,
    described,
    ...name
  }: NearestRequest): Promise<readonly (readonly Key[])[]> {
    const type = described.description.fields.find((each) => each.name === field)?.type as DataType;
    const among = partitions === undefined ? {} : { partitionNames: partitions };
    const request = { ...of(name), ...among, annsField: field, limit, vectors: { type, values: vectors } };
    const { ids, topks } = (await this.ask("entities/search", request)).data as SearchHits;
    return hitsByQuery(ids, topks);
  }

  async close(): Promise<void> {}

  protected async partitionsOf(asked: CollectionRequest): Promise<readonly PartitionDescription[]> {
    const { data, facts } = await this.ask("partitions/list", asked);
    const known = facts as readonly PartitionFacts[];
    return data.map((name, i) => ({ name, loaded: known[i]?.loadProgress !== undefined }));
  }

  protected async indexesOf(asked: CollectionRequest, _: CollectionDescription): Promise<readonly IndexDescription[]> {
    const { facts } = await this.ask("indexes/list", asked);
    return (facts as readonly IndexFacts[]).map(({ indexName, fieldName, indexType, metricType, params }) => ({
      indexName,
      fieldName,
      indexType,
      metricType,
      params,
    }));
  }

  protected ask<Path extends OperationPath>(
    path: Path,
    request: RequestOf<Path>,
    limits: Pick<CallLimits, "deadline" | "signal"> = {},
  ): Promise<Reply<ResultOf<Path>, unknown>> {
    return this.#engine.execute(path, request, { released: true, ...limits }) as Promise<
      Reply<ResultOf<Path>, unknown>
    >;
  }
}

function of({ database, collection }: CollectionName) {
  return { dbName: database, collectionName: collection };
}

/** A column of a result as one of an insert: what is stored as JSON text are lists there. */
function inputColumn({ fieldId: _, primaryKey: __, ...column }: StoredColumn): InputColumn {
  const { type, elementType } = column;
  if (type === "Bool" || type === "Array") {
    return withValues(column, (value) => scalarType(type).decode(value as StoredScalar, { elementType }));
  }
  if (type === "Timestamptz") return withValues(column, (value) => BigInt(value as number | bigint));
  return column;
}

function withValues(column: InputColumn, change: (value: unknown) => unknown): InputColumn {
  const values = column.values as readonly unknown[];
  return { ...column, values: values.map((value) => (value === null ? null : change(value))) };
}
