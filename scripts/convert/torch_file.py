"""Reads the tensors of a file that torch.save wrote, without torch and without running anything that the file says.

Such a file is a ZIP archive: a pickle that describes the tensors, and their numbers one file each.
"""
import array
import collections
import pickle
import sys
import zipfile


class Damaged(Exception):
    """A file that is not what it should be."""


class Tensor:
    """Single-precision numbers, row by row."""

    def __init__(self, shape, values):
        self.shape, self.values = tuple(shape), values

    def rows(self, order):
        """The same with its first axis in another order, or only some of it."""
        width = len(self.values) // self.shape[0]
        values = array.array("f")
        for row in order:
            values.extend(self.values[row * width:(row + 1) * width])
        return Tensor((len(order), *self.shape[1:]), values)

    def transposed(self):
        """Rows for columns, of a matrix."""
        rows, columns = self.shape
        values = array.array("f")
        for column in range(columns):
            values.extend(self.values[column::columns])
        return Tensor((columns, rows), values)


class _Reader(pickle.Unpickler):
    """Knows the few names that a dictionary of tensors needs, and nothing else."""

    def __init__(self, file, archive, folder):
        super().__init__(file)
        self.archive, self.folder = archive, folder

    def find_class(self, module, name):
        known = {("collections", "OrderedDict"): collections.OrderedDict, ("torch._utils", "_rebuild_tensor_v2"): _rebuilt}
        if (module, name) in known:
            return known[module, name]
        if module == "torch" and name.endswith("Storage"):
            return name
        raise Damaged(f"the weights name {module}.{name}, which is no part of any")

    def persistent_load(self, pid):
        kind, storage, key = pid[:3]
        if kind != "storage":
            raise Damaged("the weights refer to something else than numbers")
        if storage != "FloatStorage":
            return None
        values = array.array("f")
        values.frombytes(self.archive.read(f"{self.folder}/data/{key}"))
        if sys.byteorder == "big":
            values.byteswap()
        return values


def _rebuilt(storage, offset, shape, stride, *_):
    """A tensor of its storage; None for one that does not hold single-precision numbers."""
    if storage is None:
        return None
    expected, count = [], 1
    for side in reversed(shape):
        expected.insert(0, count)
        count *= side
    if tuple(stride) != tuple(expected) or offset < 0 or offset + count > len(storage):
        raise Damaged("a tensor does not lie in its numbers row by row")
    return Tensor(shape, storage[offset:offset + count])


def read(file):
    """The single-precision tensors {name: Tensor} of a path or an open file."""
    try:
        with zipfile.ZipFile(file) as archive:
            pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            if len(pickles) != 1:
                raise Damaged("no dictionary of tensors is in the file")
            folder = pickles[0].removesuffix("/data.pkl")
            with archive.open(pickles[0]) as stream:
                found = _Reader(stream, archive, folder).load()
    except (zipfile.BadZipFile, pickle.UnpicklingError, KeyError, EOFError, ValueError, IndexError, TypeError) as error:
        raise Damaged(f"the weights can't be read: {error}") from error
    return {name: tensor for name, tensor in found.items() if isinstance(tensor, Tensor)}
