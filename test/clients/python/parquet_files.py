"""Writes the same rows with pyarrow in many ways: `parquet_files.py <folder>`; checks a file of ours: `parquet_files.py --check <file>`."""

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 40


def table(vector, text=pa.string()):
    rows = range(ROWS)
    some = lambda value: [None if i % 5 == 0 else value(i) for i in rows]
    sparse = pa.struct([("indices", pa.list_(pa.uint32())), ("values", pa.list_(pa.float32()))])
    columns = {
        "id": pa.array([2**53 + 1 + i for i in rows], pa.int64()),
        "small": pa.array(some(lambda i: i - 60), pa.int8()),
        "number": pa.array(some(lambda i: i / 4), pa.float64()),
        "flag": pa.array(some(lambda i: i % 2 == 0), pa.bool_()),
        "text": pa.array(some(lambda i: f"é{i % 7}"), text),
        "json": pa.array([json.dumps({"i": i}) for i in rows], pa.string()),
        "list": pa.array(some(lambda i: list(range(i % 3))), pa.list_(pa.int32())),
        "v": pa.array([[i, 0.5, i / 8, -1] for i in rows], vector),
        "bits": pa.array([[i, 255] for i in rows], pa.list_(pa.uint8())),
        "sparse": pa.array([{"indices": [1, i + 2], "values": [0.5, 1.5]} for i in rows], sparse),
        "$meta": pa.array([json.dumps({"extra": i}) for i in rows], pa.string()),
    }
    return pa.table(columns)


def write(folder):
    plain = table(pa.list_(pa.float32()))
    ways = {
        "snappy": (plain, {"compression": "snappy"}),
        "none-groups": (plain, {"compression": "none", "row_group_size": 7}),
        "gzip-pages": (plain, {"compression": "gzip", "data_page_version": "2.0", "data_page_size": 64}),
        "brotli-plain": (plain, {"compression": "brotli", "use_dictionary": False, "data_page_size": 64, "write_batch_size": 4}),
        "zstd-doubles": (table(pa.list_(pa.float64()), pa.large_string()), {"compression": "zstd"}),
        "fixed-delta": (
            table(pa.list_(pa.float32(), 4)),
            {"use_dictionary": False, "column_encoding": {"id": "DELTA_BINARY_PACKED", "text": "DELTA_BYTE_ARRAY", "json": "DELTA_LENGTH_BYTE_ARRAY", "number": "BYTE_STREAM_SPLIT"}},
        ),
    }
    for name, (rows, options) in ways.items():
        pq.write_table(rows, Path(folder) / f"{name}.parquet", **options)


def check(file):
    read = pq.read_table(file)
    types = {field.name: str(field.type) for field in read.schema}
    print("TYPES " + json.dumps(types))
    print("ROWS " + json.dumps(read.to_pylist()))


if sys.argv[1] == "--check":
    check(sys.argv[2])
else:
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    write(sys.argv[1])
