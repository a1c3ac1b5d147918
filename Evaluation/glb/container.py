"""Read a binary glTF file with nothing taken for granted."""
import json
import struct

import numpy

COMPONENTS = {5120: numpy.int8, 5121: numpy.uint8, 5122: numpy.int16, 5123: numpy.uint16, 5125: numpy.uint32,
              5126: numpy.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Wrong(Exception):
    """What is wrong with a file, in a sentence."""


def need(is_true, what):
    if not is_true:
        raise Wrong(what)


def chunks(data):
    """The document and the bytes behind it."""
    need(len(data) >= 20 and data[:4] == b"glTF", "it does not begin like binary glTF")
    version, length = struct.unpack("<II", data[4:12])
    need(version == 2 and length == len(data) and length % 4 == 0, "its version or its length is wrong")
    found, place = [], 12
    while place < length:
        need(place + 8 <= length, "a chunk's header is cut")
        size, kind = struct.unpack("<II", data[place:place + 8])
        need(size % 4 == 0 and place + 8 + size <= length, "a chunk is not on whole fours, or cut")
        found.append((kind, data[place + 8:place + 8 + size]))
        place += 8 + size
    need([kind for kind, _ in found] == [0x4E4F534A, 0x004E4942], "its chunks are not JSON and bytes")
    try:
        document = json.loads(found[0][1].decode("utf-8"))
    except ValueError as error:
        raise Wrong(f"its JSON can't be read: {error}") from error
    return document, found[1][1]


def view_bytes(document, binary, number):
    need(0 <= number < len(document.get("bufferViews", [])), f"there is no view {number}")
    view = document["bufferViews"][number]
    need(view["buffer"] == 0, "a view is of another buffer")
    start = view.get("byteOffset", 0)
    need(start % 4 == 0 and start + view["byteLength"] <= document["buffers"][0]["byteLength"] <= len(binary),
         f"view {number} reaches beyond the bytes, or begins between words")
    return binary[start:start + view["byteLength"]]


def accessor_values(document, binary, number):
    need(0 <= number < len(document.get("accessors", [])), f"there is no accessor {number}")
    accessor = document["accessors"][number]
    kind, width = COMPONENTS[accessor["componentType"]], WIDTHS[accessor["type"]]
    data = view_bytes(document, binary, accessor["bufferView"])
    start, size = accessor.get("byteOffset", 0), numpy.dtype(kind).itemsize
    need(start % size == 0, f"accessor {number} begins between numbers")
    need(start + accessor["count"] * width * size <= len(data), f"accessor {number} reaches beyond its view")
    values = numpy.frombuffer(data, kind, accessor["count"] * width, start).reshape(-1, width)
    for name, bound in (("min", values.min(0)), ("max", values.max(0))):
        need(name not in accessor or numpy.array_equal(numpy.array(accessor[name], kind), bound),
             f"accessor {number} does not keep its {name}")
    return values


def jpeg_size(data):
    """Width and height of a JPEG by its header."""
    need(data[:2] == b"\xff\xd8" and data.rstrip(b"\0")[-2:] == b"\xff\xd9", "the texture is no whole JPEG")
    place = 2
    while place + 9 < len(data):
        marker, size = data[place + 1], struct.unpack(">H", data[place + 2:place + 4])[0]
        if 0xC0 <= marker <= 0xC2:
            height, width = struct.unpack(">HH", data[place + 5:place + 9])
            return width, height
        place += 2 + size
    raise Wrong("the texture has no size")
