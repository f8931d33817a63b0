"""A real Milvus in the folder given, until its input ends: gRPC and REST v1 on port 19530, the older API on 9091."""

import sys

from milvus import MilvusServer

server = MilvusServer(debug=False)
server.set_base_dir(sys.argv[1])
server.listen_port = 19530
try:
    server.start()
    print("started", flush=True)
    sys.stdin.read()
finally:
    server.stop()
