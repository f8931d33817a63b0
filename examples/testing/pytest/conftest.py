"""A Milvus for pytest: `elanus serve` in memory, on a free port, for the whole session."""

import os
import pathlib
import shlex
import subprocess
import time

import pytest
from pymilvus import MilvusClient

COMMAND = shlex.split(os.environ.get("ELANUS", "npx elanus"))


@pytest.fixture(scope="session")
def milvus_uri(tmp_path_factory):
    ready: pathlib.Path = tmp_path_factory.mktemp("elanus") / "ready"
    serve = ["serve", "--path", ":memory:", "--port", "0", "--ready-file", str(ready)]
    process = subprocess.Popen([*COMMAND, *serve], stdout=subprocess.DEVNULL)
    try:
        while not ready.exists():
            assert process.poll() is None, "elanus has ended"
            time.sleep(0.01)
        yield ready.read_text().strip()
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def milvus(milvus_uri):
    client = MilvusClient(uri=milvus_uri)
    yield client
    for name in client.list_collections():
        client.drop_collection(name)
    client.close()
