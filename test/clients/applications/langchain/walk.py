"""LangChain's vector store for Milvus: dense, full text, and both.

    python walk.py
"""

import asyncio
import logging
import os
import sys

sys.path.extend(os.path.join(os.path.dirname(__file__), folder) for folder in ("..", "../../python"))
from langchain_core.documents import Document  # noqa: E402
from langchain_core.embeddings import Embeddings  # noqa: E402
from langchain_milvus import BM25BuiltInFunction, Milvus  # noqa: E402
from steps import URI, step  # noqa: E402
from words import embed  # noqa: E402

logging.disable(logging.CRITICAL)


class Words(Embeddings):
    def embed_query(self, text):
        return embed(text)

    def embed_documents(self, texts):
        return [embed(text) for text in texts]


TEXTS = ["the white whale and the ship", "a day in Dublin", "the match maker of Highbury", "a ship in the harbour"]
DOCUMENTS = [Document(text, metadata={"title": f"book {i}", "pages": 100 + i}) for i, text in enumerate(TEXTS)]
CONNECTION = {"uri": URI}


def hits(found):
    return [{"text": document.page_content, "metadata": document.metadata, "score": score} for document, score in found]


def texts(found):
    return [document.page_content for document in found]


def store(name, **more):
    return Milvus.from_documents(
        DOCUMENTS, collection_name=name, connection_args=CONNECTION, ids=["a", "b", "c", "d"], **more
    )


def dense():
    books = step("dense: make", lambda: store("dense", embedding=Words()))
    step("dense: search", lambda: hits(books.similarity_search_with_score("whale ship", k=2)))
    step("dense: filter", lambda: texts(books.similarity_search("whale ship", k=2, expr="pages > 100")))
    step("dense: diverse", lambda: texts(books.max_marginal_relevance_search("ship", k=2, fetch_k=4)))
    step("dense: keys", lambda: books.get_pks('title == "book 2"'))
    step("dense: retrieve", lambda: texts(books.as_retriever(search_kwargs={"k": 1}).invoke("Dublin")))
    step("dense: upsert", lambda: books.upsert(["b"], [Document("a night in Paris", metadata={"title": "x", "pages": 9})]))
    step("dense: by metadata", lambda: texts(books.search_by_metadata('title == "x"')))
    step("dense: delete", lambda: books.delete(ids=["b"]))
    step("dense: what is left", lambda: sorted(books.get_pks("pages > 0")))
    step("dense: open again", lambda: texts(Milvus(Words(), collection_name="dense", connection_args=CONNECTION).similarity_search("Highbury", k=1)))
    step("dense: async", lambda: texts(asyncio.run(books.asimilarity_search("whale", k=1))))
    step("dense: indexes", lambda: [index.to_dict() for index in books.col.indexes])
    step("dense: drop", books.drop)


def full_text():
    books = step("full text: make", lambda: store("full_text", embedding=None, builtin_function=BM25BuiltInFunction(output_field_names="sparse"), vector_field="sparse"))
    step("full text: search", lambda: hits(books.similarity_search_with_score("whale", k=2)))
    step("full text: no such word", lambda: texts(books.similarity_search("zebra", k=2)))
    step("full text: indexes", lambda: [index.to_dict() for index in books.col.indexes])


def hybrid():
    books = step(
        "hybrid: make",
        lambda: store("hybrid", embedding=Words(), builtin_function=BM25BuiltInFunction(), vector_field=["dense", "sparse"]),
    )
    step("hybrid: search", lambda: texts(books.similarity_search("white whale", k=2)))
    step(
        "hybrid: weighted",
        lambda: texts(books.similarity_search("white whale", k=2, ranker_type="weighted", ranker_params={"weights": [0.6, 0.4]})),
    )
    step(
        "hybrid: rrf",
        lambda: texts(books.similarity_search("harbour", k=1, ranker_type="rrf", ranker_params={"k": 100}, expr="pages > 100")),
    )


def other_schemas():
    books = step("json metadata: make", lambda: store("json", embedding=Words(), metadata_field="about"))
    step("json metadata: search", lambda: hits(books.similarity_search_with_score("Dublin", k=1, expr='about["pages"] == 101')))
    books = step("dynamic: make", lambda: store("dynamic", embedding=Words(), enable_dynamic_field=True))
    step("dynamic: search", lambda: hits(books.similarity_search_with_score("Dublin", k=1, expr="pages == 101")))
    books = step("key: make", lambda: store("partition_key", embedding=Words(), partition_key_field="title"))
    step("key: search", lambda: texts(books.similarity_search("ship", k=5, expr='title == "book 3"')))
    books = step(
        "flat: make",
        lambda: store("flat", embedding=Words(), index_params={"index_type": "FLAT", "metric_type": "IP"}, consistency_level="Strong"),
    )
    step("flat: search", lambda: hits(books.similarity_search_with_relevance_scores("Highbury match", k=1)))


dense()
full_text()
hybrid()
other_schemas()
