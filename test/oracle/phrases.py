"""Looks phrases up in the text index that Milvus embeds: a case per line in, the rows that match each phrase out."""

import json
import sys

import tantivy

builder = tantivy.SchemaBuilder()
builder.add_integer_field("row", stored=True)
builder.add_text_field("text")
schema = builder.build()

for line in sys.stdin:
    case = json.loads(line)
    index = tantivy.Index(schema)
    writer = index.writer(num_threads=1)
    for row, text in enumerate(case["rows"]):
        writer.add_document(tantivy.Document(row=row, text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    found = []
    for phrase in case["phrases"]:
        words = [(token["position"], token["text"]) for token in phrase["tokens"]]
        query = tantivy.Query.phrase_query(schema, "text", words, slop=phrase["slop"])
        # Filters need no scores, and phrases that are scored are looked for in another way.
        hits = searcher.search(tantivy.Query.const_score_query(query, 1.0), limit=len(case["rows"])).hits
        found.append(sorted(searcher.doc(address)["row"][0] for _, address in hits))
    print(json.dumps(found), flush=True)
