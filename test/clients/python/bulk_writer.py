"""Writes rows with pymilvus' BulkWriter: `bulk_writer.py <folder>` prints the files by format, as JSON."""

import json
import sys
from pathlib import Path

import numpy as np
from pymilvus import CollectionSchema, DataType, FieldSchema
from pymilvus.bulk_writer import BulkFileType, LocalBulkWriter

DIM = 8
ROWS = 3000
# Text fields of CSV are null where they are this.
NULL = "\\N"


def fields():
    yield FieldSchema("id", DataType.INT64, is_primary=True)
    yield FieldSchema("bool", DataType.BOOL)
    yield FieldSchema("int8", DataType.INT8)
    yield FieldSchema("int16", DataType.INT16)
    yield FieldSchema("int32", DataType.INT32)
    yield FieldSchema("float", DataType.FLOAT)
    yield FieldSchema("double", DataType.DOUBLE)
    yield FieldSchema("text", DataType.VARCHAR, max_length=100)
    yield FieldSchema("maybe", DataType.VARCHAR, max_length=100, nullable=True)
    yield FieldSchema("json", DataType.JSON)
    yield FieldSchema("numbers", DataType.ARRAY, element_type=DataType.INT64, max_capacity=4)
    yield FieldSchema("words", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=4, max_length=20)
    yield FieldSchema("v", DataType.FLOAT_VECTOR, dim=DIM)
    yield FieldSchema("half", DataType.FLOAT16_VECTOR, dim=DIM)
    yield FieldSchema("brain", DataType.BFLOAT16_VECTOR, dim=DIM)
    yield FieldSchema("bits", DataType.BINARY_VECTOR, dim=16)
    yield FieldSchema("sparse", DataType.SPARSE_FLOAT_VECTOR)


def row(i, brain):
    return {
        "id": i + 2**53,
        "bool": i % 2 == 0,
        "int8": i % 100 - 50,
        "int16": i,
        "int32": i * 1000,
        "float": i / 4,
        "double": i / 8,
        "text": f'"{i}", é\n',
        "maybe": None if i % 3 == 0 else f"m{i}",
        "json": {"i": i, "deep": [1, {"x": "y"}]},
        "numbers": [i, 2**53 + 1],
        "words": ["a", f'"{i}'],
        "v": [i / 2 + d for d in range(DIM)],
        "half": np.array([i % 64 + d / 4 for d in range(DIM)], dtype=np.float16),
        "brain": np.array([i % 64 + d / 4 for d in range(DIM)], dtype=brain),
        "bits": [int(bit) for bit in format(i % 256, "08b") + "11111111"],
        "sparse": {7: 0.5, i + 100: 1.25},
        "extra": i,
        "more": {"a": [i]},
    }


def main(folder):
    import ml_dtypes

    written = {}
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in ("JSON", "CSV", "PARQUET", "JSONL"):
        kind = getattr(BulkFileType, name, None)
        if kind is None:
            continue
        schema = CollectionSchema(list(fields()), enable_dynamic_field=True)
        place = Path(folder) / name
        with LocalBulkWriter(schema, str(place), file_type=kind, config={"nullkey": NULL}) as writer:
            for i in range(ROWS):
                writer.append_row(row(i, ml_dtypes.bfloat16))
            writer.commit()
            written[name.lower()] = [file for batch in writer.batch_files for file in batch]
    print("FILES " + json.dumps(written))


main(sys.argv[1])
