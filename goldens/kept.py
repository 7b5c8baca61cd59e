"""What a file of goldens has stays as it is.

A new case is added beside the others, whose last digits another version of PyTorch or another processor might change. To
have all cases computed anew, delete the file first.
"""

import json
import zlib


def old(path):
    """The file's numbers; nothing where there is no file."""
    return json.loads(path.read_text()) if path.exists() else {}


def networks(path):
    """The networks that the file has, by their names."""
    return {network["name"]: network for network in old(path).get("networks", [])}


def seed(name):
    """The seed of a new network: its own, so that no number depends on what else is in the file."""
    return zlib.crc32(name.encode())
