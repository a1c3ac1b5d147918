"""Writes ONNX graphs without a library: the few messages of its protocol buffers that a network is made of.

The same graph gives the same bytes everywhere, so that a network made at set-up can be pinned by its SHA-256.
"""
import array
import struct
import sys

import torch_file

FLOAT, INT64 = 1, 7


def _varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, value):
    value = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _attribute(name, value):
    if isinstance(value, float):
        return _bytes(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return _bytes(1, name) + _number(3, value) + _number(20, 2)
    if isinstance(value, str):
        return _bytes(1, name) + _bytes(4, value) + _number(20, 3)
    return _bytes(1, name) + b"".join(_number(8, item) for item in value) + _number(20, 7)


def _little_endian(values):
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def _tensor(name, kind, shape, values):
    dims = b"".join(_number(1, side) for side in shape)
    return dims + _number(2, kind) + _bytes(8, name) + _bytes(9, _little_endian(values))


def _value(name, shape):
    """A float input or output; a side that is a word is free."""
    sides = b"".join(_bytes(1, _bytes(2, side) if isinstance(side, str) else _number(1, side)) for side in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, sides)))


class Graph:
    """A network under construction: each operation returns the name of what comes out of it."""

    def __init__(self, name):
        self.name, self.parts, self.count = name, [], 0

    def fresh(self):
        """A name that nothing has yet."""
        self.count += 1
        return f"t{self.count}"

    def weight(self, tensor):
        """A tensor of single-precision numbers."""
        name = self.fresh()
        self.parts.append(_bytes(5, _tensor(name, FLOAT, tensor.shape, tensor.values)))
        return name

    def numbers(self, *values):
        """A list of single-precision numbers."""
        return self.weight(torch_file.Tensor((len(values),), array.array("f", values)))

    def integers(self, *values):
        """A list of whole numbers, as shapes and axes are."""
        name = self.fresh()
        self.parts.append(_bytes(5, _tensor(name, INT64, (len(values),), array.array("q", values))))
        return name

    def add(self, operation, *inputs, outputs=1, **attributes):
        """One operation of ONNX; a list of names where several come out."""
        names = [self.fresh() for _ in range(outputs)]
        node = b"".join(_bytes(1, name) for name in inputs) + b"".join(_bytes(2, name) for name in names)
        node += _bytes(3, f"n{self.count}") + _bytes(4, operation)
        node += b"".join(_bytes(5, _attribute(key, value)) for key, value in sorted(attributes.items()))
        self.parts.append(_bytes(1, node))
        return names[0] if outputs == 1 else names

    def model(self, inputs, outputs, producer, opset=20):
        """The whole file's bytes; inputs and outputs are {name: shape}."""
        graph = b"".join(self.parts) + _bytes(2, self.name)
        graph += b"".join(_bytes(11, _value(name, shape)) for name, shape in inputs.items())
        graph += b"".join(_bytes(12, _value(name, shape)) for name, shape in outputs.items())
        return _number(1, 9) + _bytes(2, producer) + _bytes(7, graph) + _bytes(8, _bytes(1, "") + _number(2, opset))
