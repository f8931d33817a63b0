// What is tested: a small application on the official client of Milvus. It knows nothing of Elanus.
const COLLECTION = "notes";

/** Notes, found by what they are about. */
export class Notes {
  #client;

  /** @param client a MilvusClient of @zilliz/milvus2-sdk-node */
  constructor(client) {
    this.#client = client;
  }

  async prepare() {
    const { value } = await this.#client.hasCollection({ collection_name: COLLECTION });
    if (value) return;
    await this.#client.createCollection({
      collection_name: COLLECTION,
      fields: [
        { name: "id", data_type: "Int64", is_primary_key: true, autoID: true },
        { name: "text", data_type: "VarChar", max_length: 500 },
        { name: "about", data_type: "FloatVector", dim: 3 },
      ],
      index_params: [{ field_name: "about", index_type: "AUTOINDEX", metric_type: "COSINE" }],
    });
    await this.#client.loadCollection({ collection_name: COLLECTION });
  }

  /** Waits a moment and tries again where the server is busy. */
  async add(text, about) {
    for (let attempt = 1; ; attempt++) {
      const { status } = await this.#client.insert({ collection_name: COLLECTION, data: [{ text, about }] });
      if (status.code === 0) return;
      if (status.code !== 8 || attempt === 3) throw new Error(status.reason);
      await new Promise((resolve) => setTimeout(resolve, 10 * attempt));
    }
  }

  async find(about, limit = 3) {
    const { results } = await this.#client.search({
      collection_name: COLLECTION,
      data: about,
      limit,
      output_fields: ["text"],
      consistency_level: "Strong",
    });
    return results.map(({ text }) => text);
  }
}
