"""Milvus' own command line, as somebody types into it at a terminal.

    python walk.py
"""

import json
import os
import pty
import re
import sys
import tempfile
import termios

sys.path.append(os.path.join(os.path.dirname(__file__), "../../python"))
from steps import BETWEEN, URI, mark, tell  # noqa: E402

PROMPT = "milvus_cli > "


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, *command):
        child, self.screen = pty.fork()
        if child == 0:
            os.environ["TERM"] = "dumb"
            os.execv(command[0], command)
        modes = termios.tcgetattr(self.screen)
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(self.screen, termios.TCSANOW, modes)

    def read_until(self, *ends):
        """What the program says until it waits for an answer."""
        text = ""
        while not text.endswith(ends):
            said = os.read(self.screen, 65536).decode()
            # It asks where the cursor is.
            if "\x1b[6n" in said:
                os.write(self.screen, b"\x1b[1;1R")
            text += re.sub(r"\x1b\[[?\d;]*[a-zA-Z]", "", said).replace("\r", "")
        return text

    def type(self, line):
        os.write(self.screen, line.encode() + b"\r")


cli = Terminal(os.path.join(os.path.dirname(sys.executable), "milvus_cli"))
cli.read_until(PROMPT)


def step(label, command, answers={}):
    """Types a command, and answers its questions by how they begin; Return where no answer is known."""
    mark(label)
    cli.type(command)
    said = ""
    while True:
        text = cli.read_until(PROMPT, ": ")
        said += text
        if text.endswith(PROMPT):
            break
        question = text.rstrip().split("\n")[-1]
        cli.type(next((answer for start, answer in answers.items() if question.startswith(start)), ""))
    tell(label, value=said.removesuffix(PROMPT).replace(command, "", 1).strip())
    mark(BETWEEN)


def file(name, content):
    path = os.path.join(folder, name)
    with open(path, "w") as target:
        target.write(content)
    return path


with tempfile.TemporaryDirectory() as folder:
    schema = file(
        "book.json",
        json.dumps(
            {
                "collection_name": "book",
                "fields": [
                    {"name": "id", "type": "INT64", "is_primary": True},
                    {"name": "vec", "type": "FLOAT_VECTOR", "dim": 4},
                    {"name": "title", "type": "VARCHAR", "max_length": 50},
                ],
            }
        ),
    )
    rows = file("rows.csv", 'id,vec,title\n1,"[1,0,0,0]","""Emma"""\n2,"[2,0,0,0]","""Ulysses"""\n')
    book = {"Collection name": "book"}
    step("connect", f"connect -uri {URI}")
    step("create", f"create collection --schema-file {schema}")
    step("list", "list collections")
    step("describe", "show collection -c book")
    step(
        "index",
        "create index",
        {
            **book,
            "The name of the field": "vec",
            "Index name": "by_vec",
            "Index type": "HNSW",
            "Vector Index metric type": "L2",
            "Index params M": "8",
            "Index params efConstruction": "64",
        },
    )
    step("indexes", "list indexes -c book")
    step("partition", "create partition -c book -p novel")
    step("partitions", "list partitions -c book")
    step("insert", f"insert file -c book -p novel {rows}")
    step("load", "load collection -c book")
    step("load state", "show load_state -c book")
    asked = {**book, "The query expression": "id > 0", "Fields to return": "id,title"}
    step("query", "query", asked)
    step(
        "search",
        "search",
        {
            **book,
            "The vector field": "vec",
            "Vector data": "[1,0,0,0]",
            "Search parameter": "64",
            "The max number": "2",
            "Fields to return": "title",
        },
    )
    step("release as printed", "release -c book -p novel")
    step("state as printed", "show load_state -c book -p novel")
    step("release", "release partition -c book -p novel")
    step("state", "show load_state -c book -p novel")
    step("query what is released", "query", {**asked, "The names of partitions": "novel"})
    step("release again", "release partition -c book -p novel")
    step("release unknown", "release partition -c book -p none")
    step("load partition", "load partition -c book -p novel")
    step("progress", "show loading_progress -c book")
    step("statistics", "show partition_stats -c book -p novel")
    step("delete loaded", "delete partition -c book -p novel")
    step("release collection", "release collection -c book")
    step("delete partition", "delete partition -c book -p novel")
    step("version", "server_version")
    step("databases", "list databases")
    step("users", "list users")
    step("delete", "delete collection -c book -y")
    step("list nothing", "list collections")
