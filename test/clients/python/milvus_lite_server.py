"""Milvus Lite over a file, until its input ends. Prints its address."""

import sys

from milvus_lite.server_manager import server_manager_instance

print(server_manager_instance.start_and_get_uri(sys.argv[1]), flush=True)
sys.stdin.read()
server_manager_instance.release_all()
