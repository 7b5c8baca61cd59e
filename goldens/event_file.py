"""Reads goldens/event_file/ with the real TensorBoard and writes down what it has read.

    pip install tensorboard
    UPDATE_GOLDENS=1 cargo test -p typednet-watch --lib the_file_is_the_one
    python3 goldens/event_file.py

TensorBoard checks the checksum of each record and stops at the first that is wrong.
"""

import json
import struct
import zlib
from pathlib import Path

from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.plugins.histogram import metadata as histograms
from tensorboard.plugins.image import metadata as images
from tensorboard.plugins.scalar import metadata as scalars
from tensorboard.plugins.text import metadata as texts
from tensorboard.util import tensor_util

folder = Path(__file__).parent


def grey_pixels(png):
    """The pixels of a grey PNG picture of eight bits."""
    chunks, place = {}, 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, data = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert struct.unpack(">I", png[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + data)
        chunks[kind] = chunks.get(kind, b"") + data
        place += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (8, 0)
    rows, data, before = [], zlib.decompress(chunks[b"IDAT"]), bytes(width)
    for row in range(height):
        kind, line = data[row * (width + 1)], bytearray(data[row * (width + 1) + 1 : (row + 1) * (width + 1)])
        for i in range(width):
            left, up, corner = (line[i - 1], before[i], before[i - 1]) if i else (0, before[i], 0)
            p = left + up - corner
            near = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
            line[i] = (line[i] + (0, left, up, (left + up) // 2, near)[kind]) % 256
        rows += line
        before = line
    return list(rows)


accumulator = EventAccumulator(str(folder / "event_file"), size_guidance={"tensors": 0})
accumulator.Reload()
read = {"scalars": {}, "histograms": {}, "texts": {}, "images": {}}
for tag in sorted(accumulator.Tags()["tensors"]):
    metadata = accumulator.SummaryMetadata(tag)
    (event,) = accumulator.Tensors(tag)
    value = tensor_util.make_ndarray(event.tensor_proto)
    plugin = metadata.plugin_data.plugin_name
    if plugin == scalars.PLUGIN_NAME:
        read["scalars"][tag] = {"step": event.step, "value": float(value)}
    elif plugin == histograms.PLUGIN_NAME:
        read["histograms"][tag] = value.tolist()
    elif plugin == texts.PLUGIN_NAME:
        read["texts"][tag] = value.tolist()[0].decode()
    elif plugin == images.PLUGIN_NAME:
        width, height, png = value.tolist()[:3]
        read["images"][tag] = {
            "name": metadata.display_name,
            "width": int(width),
            "height": int(height),
            "pixels": grey_pixels(png),
        }
    else:
        raise SystemExit(f"{tag} is of a plugin that is not known: {plugin}")

path = folder / "event_file.json"
path.write_text(json.dumps(read, indent=1) + "\n")
print({kind: len(found) for kind, found in read.items()})
