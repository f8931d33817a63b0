import type { CollectionDescription } from "../engine/contract/collections.js";
import type { CollectionRequest } from "../engine/contract/request.js";
import type { OperationPath, RequestOf, ResultOf } from "../engine/contract/table.js";
import type { Reply } from "../engine/index.js";
import { openServer } from "../remote/open-server.js";
import { now } from "../values/clock.js";
import { EngineSide } from "./engine-side.js";
import { GREETING_MS, repeat } from "./repeat.js";
import type { ServerAddress } from "./server-address.js";
import type { ServerVersion } from "./server-version.js";
import type { CollectionName, DescribedCollection, IndexDescription, PartitionDescription } from "./side.js";

/** Nothing over REST tells which server it is: all that have it well are of 2.6, or later. */
const UNKNOWN_SERVER: ServerVersion = { name: "Milvus over REST", product: "Milvus", version: [2, 6, 6] };

/** A server that is reached by REST v2 alone, as those of Zilliz Cloud's serverless plans. */
export class RestSide extends EngineSide {
  override readonly server = UNKNOWN_SERVER;
  override readonly isHere = false;
  override readonly readsReleased = false;
  readonly #close: () => Promise<void>;
  readonly #signal: AbortSignal | undefined;
  /** Who has never answered is not waited for. */
  #answered = false;

  private constructor(address: ServerAddress, signal: AbortSignal | undefined) {
    const { engine } = openServer(address.origin, address.token === undefined ? {} : { token: address.token });
    super(engine, address.name);
    this.#close = engine.close;
    this.#signal = signal;
  }

  /** @throws ServerUnreachable, Timeout, NotAuthenticated */
  static async open(address: ServerAddress, signal: AbortSignal | undefined): Promise<RestSide> {
    const side = new RestSide(address, signal);
    try {
      await side.collections("default");
      side.#answered = true;
      return side;
    } catch (error) {
      await side.close();
      throw error;
    }
  }

  /** Rows are counted, where statistics lag behind. */
  override async count(
    { database, collection }: CollectionName,
    _: DescribedCollection,
    partition: string | undefined,
  ): Promise<number> {
    const { data } = await this.ask("entities/query", {
      dbName: database,
      collectionName: collection,
      outputFields: ["count(*)"],
      ...(partition !== undefined && { partitionNames: [partition] }),
    });
    return Number(data.columns[0]?.values[0] ?? 0);
  }

  override close(): Promise<void> {
    return this.#close();
  }

  protected override async partitionsOf(asked: CollectionRequest): Promise<readonly PartitionDescription[]> {
    const { data: names } = await this.ask("partitions/list", asked);
    const partitions: PartitionDescription[] = [];
    for (const name of names) {
      const { data } = await this.ask("collections/get_load_state", { ...asked, partitionNames: [name] });
      partitions.push({ name, loaded: data.loadState !== "LoadStateNotLoad" });
    }
    return partitions;
  }

  /** Without build parameters, which REST does not tell. */
  protected override async indexesOf(
    asked: CollectionRequest,
    { indexes }: CollectionDescription,
  ): Promise<readonly IndexDescription[]> {
    const described: IndexDescription[] = [];
    for (const { indexName } of indexes) {
      const { data } = await this.ask("indexes/describe", { ...asked, indexName });
      for (const { fieldName, indexType, metricType } of data) {
        described.push({ indexName, fieldName, indexType, metricType, params: [] });
      }
    }
    return described;
  }

  /** What changes nothing, or may be done twice, is repeated; rows are the caller's to write again. */
  protected override ask<Path extends OperationPath>(
    path: Path,
    request: RequestOf<Path>,
  ): Promise<Reply<ResultOf<Path>, unknown>> {
    const call = () =>
      super.ask(path, request, {
        ...(this.#signal !== undefined && { signal: this.#signal }),
        ...(!this.#answered && { deadline: now() + GREETING_MS }),
      });
    return !this.#answered || path === "entities/insert" || path === "entities/upsert"
      ? call()
      : repeat(call, this.#signal);
  }
}
