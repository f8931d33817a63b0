"""What pymilvus gets out of a server: rows inserted and queries answered per second, one client, one after another.

    python pymilvus_client.py <uri or file> <folder with base.f32, queries.f32, truth.i32> <dimension> [ef]

Without ef the smallest of some is taken whose recall is 0.98. Prints one line of JSON.
"""

import json
import logging
import os
import sys
import time
import warnings

import numpy as np
from pymilvus import Collection, DataType, MilvusClient, connections

logging.disable(logging.CRITICAL)
warnings.filterwarnings("ignore")
uri, folder, dimension = sys.argv[1], sys.argv[2], int(sys.argv[3])
BATCH, K, WANTED = int(os.environ.get("BENCH_BATCH", "5000")), 10, 0.98
base = np.fromfile(f"{folder}/base.f32", dtype=np.float32).reshape(-1, dimension)
queries = np.fromfile(f"{folder}/queries.f32", dtype=np.float32).reshape(-1, dimension)
truth = np.fromfile(f"{folder}/truth.i32", dtype=np.int32).reshape(len(queries), -1)
client = MilvusClient(uri)
if client.has_collection("bench"):
    client.drop_collection("bench")
schema = client.create_schema(auto_id=False)
schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
index = client.prepare_index_params()
# Milvus Lite has no graphs.
kind = {"index_type": "HNSW", "params": {"M": 16, "efConstruction": 200}} if "://" in uri else {"index_type": "AUTOINDEX"}
index.add_index("vector", metric_type="L2", **kind)
client.create_collection("bench", schema=schema, index_params=index)
# Columns of arrays are what this client sends fastest.
connections.connect(uri=uri)
collection, vectors = Collection("bench"), list(base)
start = time.perf_counter()
for i in range(0, len(vectors), BATCH):
    collection.insert([list(range(i, i + BATCH)), vectors[i : i + BATCH]])
inserted = len(vectors) / (time.perf_counter() - start)
if "://" in uri:
    client.flush("bench")
while client.describe_index("bench", "vector").get("pending_index_rows", 0) > 0:
    time.sleep(0.05)
client.load_collection("bench")


def search(i, ef):
    (hits,) = client.search("bench", data=[queries[i]], limit=K, search_params={"params": {"ef": ef}})
    return [hit["id"] for hit in hits]


def recall(ef):
    return float(np.mean([len(set(search(i, ef)) & set(truth[i][:K])) / K for i in range(len(queries))]))


# A real server says that it is loaded before all of its rows are found.
while len(search(0, 64)) < K:
    time.sleep(0.2)
efs = [int(sys.argv[4])] if len(sys.argv) > 4 else [16, 24, 32, 48, 64, 96, 128, 192, 256]
reached = next(((ef, found) for ef in efs for found in [recall(ef)] if found >= WANTED), (efs[-1], recall(efs[-1])))
ef = reached[0]
rates, times = [], []
for _ in range(5):
    start = time.perf_counter()
    for i in range(len(queries)):
        began = time.perf_counter()
        search(i, ef)
        times.append(time.perf_counter() - began)
    rates.append(len(queries) / (time.perf_counter() - start))
print(
    json.dumps(
        {
            "rowsPerSecond": round(inserted),
            "queriesPerSecond": round(sorted(rates)[2]),
            # On a machine that does other work this is what can be compared.
            "queryMs": round(sorted(times)[len(times) // 2] * 1000, 3),
            "ef": ef,
            "recall": reached[1],
        }
    )
)
