"""What every walk in Python does: named steps, each of which prints what came of it on a line of its own."""

import json
import os
import urllib.parse
import urllib.request

URI = "http://" + os.environ["ELANUS_ADDRESS"]
CONTROL = os.environ["ELANUS_CONTROL"]
# What is called outside of steps belongs to none of them.
BETWEEN = "-"


def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if hasattr(value, "__getitem__") and hasattr(value, "__len__"):
        return [plain(item) for item in value]
    return str(value)


def mark(label):
    urllib.request.urlopen(CONTROL + "/" + urllib.parse.quote(label)).read()


def tell(label, **outcome):
    print(json.dumps({"step": label, **outcome}, separators=(",", ":")), flush=True)


def failure(error):
    code = getattr(error, "code", None)
    # Where gRPC itself failed, it is a method.
    return {"code": code().name if callable(code) else code, "message": str(getattr(error, "message", error))}


def step(label, work):
    mark(label)
    try:
        value = work()
        tell(label, value=plain(value))
        return value
    except Exception as error:  # noqa: BLE001
        tell(label, error=failure(error))
        return None
    finally:
        mark(BETWEEN)
