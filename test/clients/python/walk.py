"""The official Python client on its way through a collection's life.

    python walk.py <walk>
"""

import asyncio
import logging
import sys
import warnings

import numpy as np
from steps import BETWEEN, URI, failure, mark, plain, step, tell

warnings.filterwarnings("ignore")

from pymilvus import (  # noqa: E402
    AsyncMilvusClient,
    Collection,
    CollectionSchema,
    DataType,
    FieldSchema,
    MilvusClient,
    Partition,
    connections,
    utility,
)

logging.disable(logging.CRITICAL)

# Real servers need it to read at once what was just written.
STRONG = {"consistency_level": "Strong"}
VECTORS = [[1.0, 0, 0, 0], [2.0, 0, 0, 0], [3.0, 0, 0, 0]]


async def async_step(label, work):
    mark(label)
    try:
        tell(label, value=plain(await work()))
    except Exception as error:  # noqa: BLE001
        tell(label, error=failure(error))
    finally:
        mark(BETWEEN)


def quickstart():
    client = step("connect", lambda: MilvusClient(uri=URI))
    step("create", lambda: client.create_collection("quick", dimension=4, metric_type="L2", **STRONG))
    rows = [{"id": i + 1, "vector": vector, "color": f"c{i}"} for i, vector in enumerate(VECTORS)]
    step("insert", lambda: client.insert("quick", rows))
    step("insert again", lambda: client.insert("quick", rows))
    step("search", lambda: client.search("quick", data=[VECTORS[0]], limit=2, output_fields=["color"]))
    step("search two", lambda: client.search("quick", data=VECTORS[:2], limit=1))
    step("search nothing", lambda: client.search("quick", data=[VECTORS[0]], filter="id > 99", output_fields=["*"]))
    step("query", lambda: client.query("quick", filter="id >= 2", output_fields=["color", "vector"]))
    step("query nothing", lambda: client.query("quick", filter="id > 99", output_fields=["*"]))
    step("count", lambda: client.query("quick", filter="", output_fields=["count(*)"]))
    step("get", lambda: client.get("quick", ids=[1], output_fields=["color"]))
    step("template", lambda: client.query("quick", filter="id in {ids}", filter_params={"ids": [3]}, output_fields=["id"]))
    step("upsert", lambda: client.upsert("quick", [{"id": 1, "vector": VECTORS[2], "color": "new"}]))
    step("delete", lambda: client.delete("quick", ids=[2]))
    step("delete by filter", lambda: client.delete("quick", filter='color == "c2"'))
    step("flush", lambda: client.flush("quick"))
    step("statistics", lambda: client.get_collection_stats("quick"))
    step("describe", lambda: client.describe_collection("quick"))
    step("index", lambda: client.describe_index("quick", "vector"))
    step("has", lambda: client.has_collection("quick"))
    step("has not", lambda: client.has_collection("none"))
    step("refresh", lambda: client.refresh_load("quick"))
    step("compact", lambda: client.get_compaction_state(client.compact("quick")))
    step("version", lambda: client.get_server_version())
    step("add field", lambda: client.add_collection_field("quick", "late", DataType.INT64, nullable=True))
    step("insert late", lambda: client.insert("quick", [{"id": 7, "vector": VECTORS[0], "late": 5}]))
    step("read late", lambda: client.query("quick", filter="id > 0", output_fields=["late"]))
    step("rename", lambda: client.rename_collection("quick", "slow"))
    step("list", lambda: client.list_collections())
    step("drop", lambda: client.drop_collection("slow"))


def partitions():
    client = MilvusClient(uri=URI)
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vec", DataType.FLOAT_VECTOR, dim=4)
    params = client.prepare_index_params()
    params.add_index("vec", index_type="HNSW", metric_type="L2", params={"M": 8, "efConstruction": 64})
    client.create_collection("book", schema=schema, **STRONG)
    step("create index", lambda: client.create_index("book", params))
    step("create partition", lambda: client.create_partition("book", "novel"))
    client.insert("book", [{"id": i, "vec": vec} for i, vec in enumerate(VECTORS)], partition_name="novel")
    client.insert("book", [{"id": 9, "vec": VECTORS[0]}])
    step("load", lambda: client.load_collection("book"))
    step("release", lambda: client.release_partitions("book", ["novel"]))
    step("release again", lambda: client.release_partitions("book", ["novel"]))
    step("state of novel", lambda: client.get_load_state("book", "novel"))
    step("state of book", lambda: client.get_load_state("book"))
    search = lambda **more: client.search("book", data=[VECTORS[0]], limit=5, **more)  # noqa: E731
    step("search novel", lambda: search(partition_names=["novel"]))
    step("search all", lambda: search())
    step("load novel", lambda: client.load_partitions("book", ["novel"]))
    step("search novel again", lambda: search(partition_names=["novel"]))
    step("drop loaded", lambda: client.drop_partition("book", "novel"))
    step("unknown partition", lambda: client.release_partitions("book", ["x"]))
    step("unknown collection", lambda: client.release_partitions("none", ["x"]))
    step("no names", lambda: client.release_partitions("book", []))
    step("list", lambda: client.list_partitions("book"))
    step("statistics", lambda: client.get_partition_stats("book", "novel"))
    client.release_partitions("book", ["novel"])
    step("drop", lambda: client.drop_partition("book", "novel"))
    step("release collection", lambda: client.release_collection("book"))
    step("search released", lambda: search())


def legacy():
    client = MilvusClient(uri=URI)
    client.create_collection("book", dimension=4)
    client.create_partition("book", "novel")
    step("release", lambda: client.release_partitions("book", ["novel"]))
    step("load", lambda: client.load_partitions("book", ["novel"]))


def pages(iterator):
    found = []
    while True:
        page = iterator.next()
        if not page:
            iterator.close()
            return found
        found.append([row["id"] for row in page])


def iterators():
    client = MilvusClient(uri=URI)
    client.create_collection("all", dimension=4, metric_type="L2", **STRONG)
    client.insert("all", [{"id": i, "vector": [float(i % 10), 0, 0, 0]} for i in range(100)])
    step("query iterator", lambda: pages(client.query_iterator("all", filter="id >= 0", batch_size=30, output_fields=["id"])))
    step(
        "search iterator",
        lambda: pages(client.search_iterator("all", data=[[0.0, 0, 0, 0]], batch_size=30, limit=100, output_fields=["id"])),
    )


def bfloat16(values):
    return (np.array(values, dtype=np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()


def vectors():
    client = MilvusClient(uri=URI)
    kinds = (
        ("f16", DataType.FLOAT16_VECTOR, "L2", {"dim": 4}),
        ("bf16", DataType.BFLOAT16_VECTOR, "COSINE", {"dim": 4}),
        ("bits", DataType.BINARY_VECTOR, "HAMMING", {"dim": 16}),
        ("i8", DataType.INT8_VECTOR, "L2", {"dim": 4}),
        ("sparse", DataType.SPARSE_FLOAT_VECTOR, "IP", {}),
    )
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    params = client.prepare_index_params()
    for name, kind, metric, more in kinds:
        schema.add_field(name, kind, **more)
        index = "SPARSE_INVERTED_INDEX" if name == "sparse" else "AUTOINDEX"
        params.add_index(name, index_type=index, metric_type=metric)
    step("create", lambda: client.create_collection("vectors", schema=schema, index_params=params))
    near = {
        "id": 1,
        "f16": np.array([1, 0.5, 0, 0], dtype=np.float16),
        "bf16": bfloat16([1, 0.5, 0, 0]),
        "bits": bytes([255, 1]),
        "i8": np.array([1, -128, 127, 0], dtype=np.int8),
        "sparse": {3: 0.5, 70000: 2.0},
    }
    far = {
        "id": 2,
        "f16": np.array([-4, 0, 0, 0], dtype=np.float16),
        "bf16": bfloat16([-1, 0, 1, 0]),
        "bits": bytes([0, 0]),
        "i8": np.array([0, 0, 0, 0], dtype=np.int8),
        "sparse": {9: 1.0},
    }
    step("insert", lambda: client.insert("vectors", [near, far]))

    def numbers(row):
        types = {"f16": np.float16, "bf16": np.uint16, "bits": np.uint8, "i8": np.int8}
        read = dict(row)
        for name in types.keys() & row.keys():
            content = row[name][0] if isinstance(row[name], list) else row[name]
            read[name] = np.frombuffer(content, dtype=types[name])
            if name == "bf16":
                read[name] = (read[name].astype(np.uint32) << 16).view(np.float32)
            read[name] = read[name].astype(float).tolist()
        return read

    step("query", lambda: [numbers(row) for row in client.query("vectors", filter="id > 0", output_fields=["*"])])

    def search(name):
        (hits,) = client.search("vectors", [near[name]], anns_field=name, limit=2, output_fields=[name])
        return [{"distance": hit["distance"], **numbers({"id": hit["id"], name: hit["entity"][name]})} for hit in hits]

    for name, *_ in kinds:
        step(f"search {name}", lambda name=name: search(name))


def types():
    client = MilvusClient(uri=URI)
    schema = client.create_schema(auto_id=False, enable_dynamic_field=True)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=20)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    for name, kind in (
        ("ok", DataType.BOOL),
        ("i8", DataType.INT8),
        ("i16", DataType.INT16),
        ("i32", DataType.INT32),
        ("i64", DataType.INT64),
        ("f", DataType.FLOAT),
        ("d", DataType.DOUBLE),
        ("j", DataType.JSON),
    ):
        schema.add_field(name, kind, nullable=True)
    schema.add_field("n", DataType.INT64, default_value=7)
    schema.add_field("a", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=5, max_length=10)
    schema.add_field("t", DataType.TIMESTAMPTZ, nullable=True)
    schema.add_field("g", DataType.GEOMETRY, nullable=True)
    params = client.prepare_index_params()
    params.add_index("v", index_type="HNSW", metric_type="L2", params={"M": 8, "efConstruction": 64})
    step("create", lambda: client.create_collection("types", schema=schema, index_params=params))
    full = {
        "id": "one",
        "v": VECTORS[0],
        "ok": True,
        "i8": -128,
        "i16": 5,
        "i32": 6,
        "i64": 2**63 - 1,
        "f": 0.5,
        "d": 0.1,
        "j": {"a": [1, {"b": None}]},
        "n": 5,
        "a": ["x", "é"],
        "t": "2024-01-01T00:00:00Z",
        "g": "POINT (1 2)",
        "extra": {"deep": True},
    }
    empty = {"id": "two", "v": VECTORS[0], "a": []}
    empty.update({name: None for name in ("ok", "i8", "i16", "i32", "i64", "f", "d", "j", "t", "g")})
    step("insert", lambda: client.insert("types", [full, empty]))
    step("query", lambda: client.query("types", filter='id in ["one", "two"]', output_fields=["*"]))
    step("dynamic", lambda: client.query("types", filter='extra["deep"] == true', output_fields=["extra"]))
    step("template", lambda: client.query("types", filter="i64 == {x}", filter_params={"x": 2**63 - 1}, output_fields=["id"]))
    step("missing field", lambda: client.insert("types", [{"id": "three", "v": VECTORS[0]}]))
    step("wrong dimension", lambda: client.insert("types", [{**full, "v": [1.0]}]))


def orm():
    step("connect", lambda: connections.connect(uri=URI))
    schema = CollectionSchema(
        [FieldSchema("id", DataType.INT64, is_primary=True), FieldSchema("vec", DataType.FLOAT_VECTOR, dim=4)]
    )
    book = step("create", lambda: Collection("book", schema, **STRONG))
    step("create again", lambda: Collection("book"))
    index = {"index_type": "HNSW", "metric_type": "L2", "params": {"M": 8, "efConstruction": 64}}
    step("create index", lambda: book.create_index("vec", index))
    step("create partition", lambda: Partition("book", "novel"))
    step("load", lambda: book.load())
    step("insert", lambda: book.insert([[1, 2, 3], VECTORS]))
    step("flush", lambda: book.flush())
    step("num_entities", lambda: book.num_entities)
    step("search", lambda: [hit.id for hit in book.search([VECTORS[0]], "vec", {"metric_type": "L2"}, limit=2)[0]])
    step("load novel", lambda: book.load(["novel"]))
    # The guide, as it stands there.
    step("release as printed", lambda: Partition("novel").release())
    # And in the form that runs: the constructor takes the collection first.
    step("release by partition", lambda: Partition("book", "novel").release())
    step("release by collection", lambda: Collection("book").partition("novel").release())
    step("states", lambda: [str(utility.load_state("book", ["novel"])), str(utility.load_state("book"))])
    step("search novel", lambda: book.search([VECTORS[0]], "vec", {}, limit=2, partition_names=["novel"]))
    step("release", lambda: book.release())
    step("drop index", lambda: book.drop_index())
    step("drop", lambda: book.drop())


async def async_walk():
    client = AsyncMilvusClient(uri=URI)
    await async_step("create", lambda: client.create_collection("quick", dimension=4, metric_type="L2", **STRONG))
    rows = [{"id": i + 1, "vector": vector, "color": f"c{i}"} for i, vector in enumerate(VECTORS)]
    await async_step("insert", lambda: client.insert("quick", rows))
    await async_step("search", lambda: client.search("quick", data=[VECTORS[0]], limit=2, output_fields=["color"]))
    await async_step("query", lambda: client.query("quick", filter="id >= 2", output_fields=["color"]))
    await async_step(
        "together",
        lambda: asyncio.gather(*(client.query("quick", filter=f"id == {i % 3 + 1}", output_fields=["id"]) for i in range(32))),
    )
    await async_step("delete", lambda: client.delete("quick", ids=[1]))
    await async_step("drop", lambda: client.drop_collection("quick"))
    await client.close()


def definitions():
    client = MilvusClient(uri=URI)
    client.create_collection("book", dimension=4)
    step("alias", lambda: client.create_alias("book", "other"))
    step("describe alias", lambda: client.describe_alias("other"))
    step("list aliases", lambda: client.list_aliases("book"))
    step("describe by alias", lambda: client.describe_collection("other")["collection_name"])
    step("drop alias", lambda: client.drop_alias("other"))
    step("alter", lambda: client.alter_collection_properties("book", {"collection.ttl.seconds": 60}))
    step("drop property", lambda: client.drop_collection_properties("book", ["collection.ttl.seconds"]))
    step("create database", lambda: client.create_database("shelf"))
    step("list databases", lambda: client.list_databases())
    step("use database", lambda: client.use_database("shelf"))
    step("empty", lambda: client.list_collections())
    step("drop database", lambda: (client.use_database("default"), client.drop_database("shelf")))
    step("users", lambda: client.list_users())
    step("roles", lambda: client.list_roles())
    step("role", lambda: client.describe_role("public")["privileges"])
    step("groups", lambda: client.list_privilege_groups())
    step("create user", lambda: client.create_user("somebody", "password"))
    step("users then", lambda: sorted(client.list_users()))
    step("drop user", lambda: client.drop_user("somebody"))
    step("wrong database", lambda: MilvusClient(uri=URI, db_name="none").list_collections())


def corrections():
    """What was once seen on the wire, and is easily lost: see the table of chains in the test."""
    client = MilvusClient(uri=URI)
    step("version in detail", lambda: client.get_server_version(detail=True)["version"])
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=20)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    schema.add_field("j", DataType.JSON, nullable=True)
    schema.add_field("nv", DataType.FLOAT_VECTOR, dim=2, nullable=True)
    schema.add_field("n", DataType.INT64, default_value=7)
    params = client.prepare_index_params()
    params.add_index("v", index_type="HNSW", metric_type="L2", params={"M": 8, "efConstruction": 64})
    params.add_index("nv", index_type="FLAT", metric_type="L2")
    client.create_collection("texts", schema=schema, index_params=params)
    jsons = ['{"a": 1}', 5, [1, "x"], True, None]
    rows = [{"id": f"k{i}", "v": VECTORS[0], "j": value, "nv": [i, 0] if i % 2 else None} for i, value in enumerate(jsons)]
    step("any json", lambda: client.insert("texts", rows))
    step("read json", lambda: client.query("texts", filter='id like "k%"', output_fields=["j", "nv", "n"]))
    step("get by text keys", lambda: client.get("texts", ids=["k1", "k3"], output_fields=["id"]))
    step("query by text keys", lambda: client.query("texts", ids=["k0"], output_fields=["id"]))
    step("delete by text keys", lambda: client.delete("texts", ids=["k0", "k2"]))
    step("pages by text keys", lambda: pages(client.query_iterator("texts", filter="", batch_size=2, output_fields=["id"])))
    step("describe role", lambda: client.describe_role("admin")["role"])
    step("describe user", lambda: client.describe_user("root"))
    step("describe replica", lambda: len(client.describe_replica("texts")))
    step("flush all", lambda: client.flush_all())
    step("optimize", lambda: client.optimize("texts").status)
    step("drop field", lambda: client.drop_collection_field("texts", "n"))
    step("file resources", lambda: client.list_file_resources())
    step("snapshots", lambda: client.list_snapshots("texts"))
    step("compaction tasks", lambda: client.list_compaction_tasks("texts"))
    step("create database", lambda: client.create_database("shelf"))
    other = MilvusClient(uri=URI, db_name="shelf")
    step("second client", lambda: other.list_collections())
    step("its first collection", lambda: other.create_collection("texts", dimension=4))
    step("first client again", lambda: client.insert("texts", rows[:1]))
    step("use database", lambda: client.use_database("shelf"))
    step("after it", lambda: client.query("texts", filter="", limit=5))


walks = {
    "corrections": corrections,
    "quickstart": quickstart,
    "partitions": partitions,
    "legacy": legacy,
    "iterators": iterators,
    "types": types,
    "vectors": vectors,
    "orm": orm,
    "async": lambda: asyncio.run(async_walk()),
    "definitions": definitions,
}
walks[sys.argv[1]]()
