"""scripts/convert: tensors are read without running what a file says, and graphs are written as ONNX has them."""
import array
import collections
import io
import pickle
import sys
import types
import unittest
import zipfile

from support import SCRIPTS

sys.path.insert(0, str(SCRIPTS / "convert"))
import onnx_file  # noqa: E402
import torch_file  # noqa: E402


def rebuilt(*_):
    """Stands for torch's function of this name; a pickle keeps only its name."""


rebuilt.__module__, rebuilt.__qualname__, rebuilt.__name__ = "torch._utils", "_rebuild_tensor_v2", "_rebuild_tensor_v2"


class FloatStorage:
    """Stands for torch's class."""


FloatStorage.__module__ = "torch"


class Stored:
    """A tensor as torch pickles it: a storage's key, where it begins, its shape and strides."""

    def __init__(self, key, offset, shape, stride):
        self.key, self.told = key, (offset, shape, stride)

    def __reduce__(self):
        return rebuilt, (Storage(self.key), *self.told, False, collections.OrderedDict())


class Storage:
    def __init__(self, key):
        self.key = key


class Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        return ("storage", FloatStorage, obj.key, "cpu", 6) if isinstance(obj, Storage) else None


def file_of(tensors, numbers=(1, 2, 3, 4, 5, 6)):
    """What torch.save would write."""
    for name, content in (("torch", {"FloatStorage": FloatStorage}),
                          ("torch._utils", {"_rebuild_tensor_v2": rebuilt})):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__dict__.update(content)
    stream, file = io.BytesIO(), io.BytesIO()
    try:
        Pickler(stream, protocol=2).dump(tensors)
    finally:
        del sys.modules["torch"], sys.modules["torch._utils"]
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", stream.getvalue())
        archive.writestr("archive/data/0", array.array("f", numbers).tobytes())
    return file


def fields(data):
    """The fields of a protocol buffer message: (number, value), a value being a number or bytes."""
    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
    at, found = 0, []
    while at < len(data):
        key = varint()
        if key & 7 == 0:
            found.append((key >> 3, varint()))
            continue
        size = 4 if key & 7 == 5 else varint()
        found.append((key >> 3, data[at:at + size]))
        at += size
    return found


class TorchFileTests(unittest.TestCase):
    def test_reads_tensors_row_by_row(self):
        found = torch_file.read(file_of({"a": Stored("0", 0, (2, 3), (3, 1)), "b": Stored("0", 4, (2,), (1,))}))
        self.assertEqual(found["a"].shape, (2, 3))
        self.assertEqual(list(found["a"].values), [1, 2, 3, 4, 5, 6])
        self.assertEqual(list(found["b"].values), [5, 6])

    def test_turns_and_reorders_a_matrix(self):
        matrix = torch_file.read(file_of({"a": Stored("0", 0, (2, 3), (3, 1))}))["a"]
        self.assertEqual(list(matrix.transposed().values), [1, 4, 2, 5, 3, 6])
        self.assertEqual(matrix.transposed().shape, (3, 2))
        self.assertEqual(list(matrix.rows([1, 0]).values), [4, 5, 6, 1, 2, 3])

    def test_runs_nothing_that_a_file_names(self):
        with self.assertRaisesRegex(torch_file.Damaged, "print"):
            torch_file.read(file_of({"a": print}))

    def test_refuses_what_does_not_fit(self):
        for stored in (Stored("0", 0, (3, 2), (1, 3)), Stored("0", 2, (2, 3), (3, 1)), Stored("1", 0, (2,), (1,))):
            with self.assertRaises(torch_file.Damaged):
                torch_file.read(file_of({"a": stored}))
        for junk in (b"", b"PK", b"x" * 1000):
            with self.assertRaises(torch_file.Damaged):
                torch_file.read(io.BytesIO(junk))


class OnnxFileTests(unittest.TestCase):
    def graph(self):
        graph = onnx_file.Graph("small")
        weight = graph.weight(torch_file.Tensor((2,), array.array("f", [1.5, -2])))
        out = graph.add("Mul", "in", weight)
        return graph.model({"in": (1, "rows")}, {graph.add("Softmax", out, axis=-1): (1, "rows")}, "test")

    def test_writes_a_model_that_a_reader_of_the_format_understands(self):
        model = dict(fields(self.graph()))
        self.assertEqual((model[1], model[2]), (9, b"test"))
        self.assertEqual(dict(fields(model[8]))[2], 20)
        parts = fields(model[7])
        nodes = [fields(value) for number, value in parts if number == 1]
        self.assertEqual([dict(node)[4] for node in nodes], [b"Mul", b"Softmax"])
        axis = dict(fields(dict(nodes[1])[5]))
        self.assertEqual((axis[1], axis[3], axis[20]), (b"axis", (1 << 64) - 1, 2))
        weight = dict(fields(next(value for number, value in parts if number == 5)))
        self.assertEqual((weight[1], weight[2]), (2, onnx_file.FLOAT))
        self.assertEqual(weight[9], array.array("f", [1.5, -2]).tobytes())

    def test_writes_the_same_bytes_again(self):
        self.assertEqual(self.graph(), self.graph())


if __name__ == "__main__":
    unittest.main()
