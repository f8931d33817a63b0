"""LlamaIndex' vector store for Milvus: dense, full text, and both.

    python walk.py
"""

import asyncio
import logging
import os
import sys

sys.path.extend(os.path.join(os.path.dirname(__file__), folder) for folder in ("..", "../../python"))
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode  # noqa: E402
from llama_index.core.vector_stores.types import (  # noqa: E402
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
)
from llama_index.vector_stores.milvus import MilvusVectorStore  # noqa: E402
from llama_index.vector_stores.milvus.utils import BM25BuiltInFunction, BaseSparseEmbeddingFunction  # noqa: E402
from steps import URI, step  # noqa: E402
from words import DIMENSION, embed  # noqa: E402

logging.disable(logging.CRITICAL)

TEXTS = ["the white whale and the ship", "a day in Dublin", "the match maker of Highbury", "a ship in the harbour"]


class WordCounts(BaseSparseEmbeddingFunction):
    def encode_queries(self, queries):
        return [{i: value for i, value in enumerate(embed(text)) if value > 0} for text in queries]

    encode_documents = encode_queries


def nodes():
    return [
        TextNode(
            id_=f"n{i}",
            text=text,
            embedding=embed(text),
            metadata={"title": f"book {i}", "pages": 100 + i},
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=f"doc{i % 2}")},
        )
        for i, text in enumerate(TEXTS)
    ]


def found(result):
    return {"ids": result.ids, "texts": [node.text for node in result.nodes], "scores": result.similarities}


def query(text, mode=VectorStoreQueryMode.DEFAULT, k=2, **more):
    return VectorStoreQuery(query_embedding=embed(text), query_str=text, similarity_top_k=k, mode=mode, **more)


def pages(value, operator=FilterOperator.GT):
    return MetadataFilters(filters=[MetadataFilter(key="pages", value=value, operator=operator)])


def walk(name, **more):
    def named(label):
        return f"{name}: {label}"

    store = step(
        named("make"), lambda: MilvusVectorStore(uri=URI, collection_name=name, dim=DIMENSION, overwrite=True, **more)
    )
    step(named("add"), lambda: store.add(nodes()))
    return store, named


def dense():
    store, named = walk("dense", similarity_metric="COSINE")
    step(named("search"), lambda: found(store.query(query("whale ship"))))
    step(named("filter"), lambda: found(store.query(query("whale ship", filters=pages(100)))))
    step(named("diverse"), lambda: found(store.query(query("ship", VectorStoreQueryMode.MMR))))
    step(named("get"), lambda: [node.text for node in store.get_nodes(node_ids=["n1"])])
    step(named("get by filter"), lambda: [node.text for node in store.get_nodes(filters=pages(102, FilterOperator.EQ))])
    step(named("async"), lambda: asyncio.run(asynchronous(store)))
    step(named("delete nodes"), lambda: store.delete_nodes(node_ids=["n3"]))
    step(named("delete document"), lambda: store.delete("doc1"))
    step(named("what is left"), lambda: sorted(node.node_id for node in store.get_nodes(filters=pages(0))))
    step(named("add again"), lambda: store.add([*nodes()[:1]]))
    step(
        named("open again"),
        lambda: found(MilvusVectorStore(uri=URI, collection_name="dense", dim=DIMENSION).query(query("Highbury", k=1))),
    )
    step(named("clear"), store.clear)


async def asynchronous(store):
    fresh = MilvusVectorStore(uri=URI, collection_name="dense", dim=DIMENSION)
    return found(await fresh.aquery(query("Dublin", k=1)))


def full_text():
    store, named = walk("full_text", enable_dense=False, enable_sparse=True, sparse_embedding_function=BM25BuiltInFunction())
    step(named("search"), lambda: found(store.query(query("whale", VectorStoreQueryMode.TEXT_SEARCH))))
    step(named("no such word"), lambda: found(store.query(query("zebra", VectorStoreQueryMode.TEXT_SEARCH))))


def hybrid():
    for name, more in (
        ("hybrid", {"sparse_embedding_function": BM25BuiltInFunction()}),
        ("own_sparse", {"sparse_embedding_function": WordCounts()}),
        ("weighted", {"sparse_embedding_function": BM25BuiltInFunction(), "hybrid_ranker": "WeightedRanker", "hybrid_ranker_params": {"weights": [0.6, 0.4]}}),
    ):
        store, named = walk(name, enable_sparse=True, **more)
        step(named("search"), lambda store=store: found(store.query(query("white whale", VectorStoreQueryMode.HYBRID))))
        step(named("dense only"), lambda store=store: found(store.query(query("Dublin", k=1))))
        step(
            named("filter"),
            lambda store=store: found(store.query(query("ship", VectorStoreQueryMode.HYBRID, filters=pages(100)))),
        )


dense()
full_text()
hybrid()
