"""pytest examples/testing/pytest"""


def test_a_note_is_found_by_what_it_is_about(milvus):
    milvus.create_collection("notes", dimension=3)
    milvus.insert("notes", [{"id": 1, "vector": [1, 0, 0], "text": "sailing"}, {"id": 2, "vector": [0, 1, 0]}])
    [[hit]] = milvus.search("notes", [[0.9, 0.1, 0]], limit=1, output_fields=["text"])
    assert hit["entity"]["text"] == "sailing"


def test_a_test_begins_with_nothing(milvus):
    assert milvus.list_collections() == []
