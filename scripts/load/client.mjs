import { randomSource } from "./random.mjs";

export const PARTITIONS = ["p0", "p1", "p2", "p3"];
export const GRAPH_ROWS = 4000;
export const GRAPH_DIMENSION = 32;
const MOST_ROWS = 60;

/** One client: it knows the rows that it wrote, and judges every answer by them. */
export class Client {
  rows = new Map();
  calls = 0;
  codes = new Map();

  constructor(number, call, wrong, seed) {
    this.number = number;
    this.call = call;
    this.wrong = wrong;
    this.random = randomSource(seed + number * 7919);
    this.partition = PARTITIONS[number % PARTITIONS.length];
    this.nextId = number * 1_000_000;
  }

  /** @returns the data, or undefined for a refusal that the contract allows */
  async ask(path, body, allowed) {
    const { code, data, message } = await this.call(path, body);
    this.calls++;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (code === 0) return data;
    if (!allowed.includes(code)) this.wrong(`${path} answered ${code} ${message}`);
    return undefined;
  }

  row(id) {
    const { random } = this;
    return {
      id,
      owner: this.number,
      n: random.int(0, 9),
      vector: [random.int(-50, 50), random.int(-50, 50), this.number, 1],
    };
  }

  async step() {
    const { random } = this;
    const at = random.next();
    if (this.rows.size > MOST_ROWS || at < 0.1) return this.deleteSome();
    if (at < 0.35) return this.write();
    if (at < 0.65) return this.search();
    if (at < 0.75) return this.query();
    if (at < 0.8) return this.get();
    if (at < 0.86) return this.searchGraph();
    if (at < 0.89) return this.insertGraph();
    if (this.number < 8) return this.cycle();
    if (at < 0.93) return this.lifeOfPartition();
    return this.search();
  }

  async write() {
    const { random } = this;
    const upsert = random.next() < 0.4 && this.rows.size > 0;
    const ids = Array.from({ length: random.int(1, 10) }, () =>
      upsert ? random.pick([...this.rows.keys()]) : ++this.nextId,
    );
    const data = [...new Set(ids)].map((id) => this.row(id));
    const path = upsert ? "entities/upsert" : "entities/insert";
    const done = await this.ask(path, { collectionName: "rows", partitionName: this.partition, data }, []);
    if (done !== undefined) for (const row of data) this.rows.set(row.id, row);
  }

  async deleteSome() {
    const { random, rows } = this;
    if (rows.size === 0) return;
    if (random.next() < 0.5) {
      const id = [...rows.keys()].filter(() => random.next() < 0.5);
      if (id.length === 0) return;
      const data = await this.ask("entities/delete", { collectionName: "rows", id }, []);
      if (data === undefined) return;
      if (data.deleteCount !== id.length) this.wrong(`delete of ${id.length} own ids removed ${data.deleteCount}`);
      for (const gone of id) rows.delete(gone);
      return;
    }
    const bound = random.int(3, 8);
    const filter = `owner == ${this.number} and n > ${bound}`;
    const data = await this.ask("entities/delete", { collectionName: "rows", filter }, [101]);
    if (data === undefined) return;
    const gone = [...rows.values()].filter((row) => row.n > bound);
    // Of a released partition nothing is deleted.
    if (data.deleteCount === 0) return;
    if (data.deleteCount !== gone.length) this.wrong(`delete by filter removed ${data.deleteCount} of ${gone.length}`);
    for (const row of gone) rows.delete(row.id);
  }

  async search() {
    const { random } = this;
    const vector = [random.int(-50, 50), random.int(-50, 50), this.number, 1];
    const bound = random.int(0, 9);
    const named = random.next() < 0.5;
    const data = await this.ask(
      "entities/search",
      {
        collectionName: "rows",
        data: [vector],
        limit: 10,
        filter: `owner == ${this.number} and n <= ${bound}`,
        outputFields: ["n"],
        ...(named ? { partitionNames: [this.partition] } : {}),
      },
      named ? [101, 201] : [101],
    );
    if (data === undefined) return;
    const expected = [...this.rows.values()]
      .filter((row) => row.n <= bound)
      .map((row) => ({
        id: row.id,
        n: row.n,
        distance: (row.vector[0] - vector[0]) ** 2 + (row.vector[1] - vector[1]) ** 2,
      }))
      .sort((a, b) => a.distance - b.distance || a.id - b.id)
      .slice(0, 10);
    this.wholeOrNone(
      data.map(({ id, n, distance }) => ({ id, n, distance })),
      expected,
      named,
      "search",
    );
  }

  async query() {
    const named = this.random.next() < 0.5;
    const data = await this.ask(
      "entities/query",
      {
        collectionName: "rows",
        filter: `owner == ${this.number}`,
        outputFields: ["id", "n"],
        limit: 1000,
        ...(named ? { partitionNames: [this.partition] } : {}),
      },
      named ? [101, 201] : [101],
    );
    if (data === undefined) return;
    const expected = [...this.rows.values()].sort((a, b) => a.id - b.id).map(({ id, n }) => ({ id, n }));
    this.wholeOrNone(
      data.map(({ id, n }) => ({ id, n })),
      expected,
      named,
      "query",
    );
  }

  async get() {
    if (this.rows.size === 0) return;
    const row = this.random.pick([...this.rows.values()]);
    const data = await this.ask(
      "entities/get",
      { collectionName: "rows", id: row.id, outputFields: ["id", "n"] },
      [101],
    );
    if (data !== undefined)
      this.wholeOrNone(
        data.map(({ id, n }) => ({ id, n })),
        [{ id: row.id, n: row.n }],
        false,
        "get",
      );
  }

  /** All of what was asked for; nothing only while the partition is released, and never when it was named. */
  wholeOrNone(found, expected, named, what) {
    const same = JSON.stringify(found) === JSON.stringify(expected);
    if (same || (found.length === 0 && !named)) return;
    this.wrong(`${what} of client ${this.number}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  }

  /** A partition of its own is made, filled, released and dropped, and its rows go with it; other clients load meanwhile. */
  async lifeOfPartition() {
    const own = { collectionName: "rows", partitionName: `own${this.number}` };
    const owner = -1 - this.number;
    const data = Array.from({ length: 3 }, () => ({ ...this.row(++this.nextId), owner }));
    await this.ask("partitions/create", own, []);
    await this.ask("entities/insert", { ...own, data }, []);
    const count = async (named) => {
      const request = { collectionName: "rows", filter: `owner == ${owner}`, outputFields: ["id"], limit: 100 };
      const names = named ? { partitionNames: [own.partitionName] } : {};
      return (await this.ask("entities/query", { ...request, ...names }, named ? [101, 201] : [101]))?.length;
    };
    const before = await count(false);
    if (before !== undefined && before !== 0 && before !== 3) this.wrong(`${before} of 3 rows of an own partition`);
    const named = await count(true);
    if (named !== undefined && named !== 3) this.wrong(`${named} of 3 rows of an own partition that was named`);
    let dropped;
    while (dropped === undefined) {
      await this.ask("partitions/release", { collectionName: "rows", partitionNames: [own.partitionName] }, []);
      // Loaded again by another client: refused.
      dropped = await this.ask("partitions/drop", own, [1100]);
    }
    const left = await count(false);
    if (left !== undefined && left !== 0) this.wrong(`${left} rows of a dropped partition`);
  }

  async searchGraph() {
    const data = await this.ask(
      "entities/search",
      { collectionName: "graph", data: [graphVector(this.random)], limit: 10 },
      [101],
    );
    if (data === undefined) return;
    if (data.length !== 10) this.wrong(`graph search found ${data.length}`);
    for (let i = 1; i < data.length; i++) {
      if (data[i].distance < data[i - 1].distance) this.wrong("graph search: hits are out of order");
    }
  }

  async insertGraph() {
    // No key twice: an upsert with one is refused whole.
    const ids = new Set(Array.from({ length: 10 }, () => this.random.int(1, GRAPH_ROWS)));
    const data = [...ids].map((id) => ({ id, vector: graphVector(this.random) }));
    await this.ask("entities/upsert", { collectionName: "graph", data }, []);
  }

  /** Releases something and loads it again. */
  async cycle() {
    const { random } = this;
    const at = random.next();
    const whole = { collectionName: random.next() < 0.7 ? "rows" : "graph" };
    const part = { collectionName: "rows", partitionNames: [random.pick(PARTITIONS)] };
    const [family, request] = at < 0.3 ? ["collections", whole] : ["partitions", part];
    // Answers 101 when another client releases what is being loaded.
    await this.ask(`${family}/release`, request, []);
    await this.ask(`${family}/load`, request, [101]);
    await this.ask("collections/load", { collectionName: request.collectionName }, [101]);
  }
}

/** A vector of the collection that has a graph. */
export function graphVector(random) {
  return Array.from({ length: GRAPH_DIMENSION }, () => Math.round(random.next() * 1000) / 1000);
}
