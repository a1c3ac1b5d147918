"""What the documents list is what there is: models, packages, commands."""
import hashlib
import json
import re
import unittest

from support import SCRIPTS, run

ROOT = SCRIPTS.parent
MEMBERS = {"name", "version", "file", "sha256", "bytes", "licence", "source", "usedBy"}
# What a model has besides that comes out of a package; our own are files of the repository.
PACKAGED = {"package", "packageVersion", "packageSha256", "member"}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


class DocumentsTests(unittest.TestCase):
    models = json.loads(read("models/manifest.json"))["models"]

    def test_every_model_is_described_whole(self):
        for model in self.models:
            with self.subTest(model=model.get("name")):
                self.assertEqual(set(model) - {"input", "converter"}, MEMBERS | PACKAGED if "package" in model else MEMBERS)
                self.assertRegex(model["sha256"], "^[0-9a-f]{64}$")
                self.assertRegex(model.get("packageSha256", model["sha256"]), "^[0-9a-f]{64}$")
                self.assertRegex(model["file"], r"^[a-z0-9._-]+\.onnx$")
                self.assertGreater(model["bytes"], 0)
                self.assertTrue(model["usedBy"])

    def test_no_model_carries_a_copyleft_or_non_commercial_licence(self):
        for model in self.models:
            self.assertIn(model["licence"], {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause"}, model["name"])

    def test_the_page_on_models_has_every_model(self):
        page = read("docs/models.md")
        for model in self.models:
            row = f"| `{model['name']}` | {model['version']} | `{model['file']}` | {model['bytes']} | {model['licence']} |"
            self.assertIn(row, page)
            self.assertIn(f"| `{model['name']}` | `{model['sha256']}` |", page)
            if "package" in model:
                self.assertIn(f"`{model['package']}`", page)
                self.assertIn(model["packageVersion"], page)
            else:
                self.assertEqual(sha256(ROOT / "models" / model["file"]), model["sha256"])

    def test_the_page_on_dependencies_has_every_package(self):
        setup = read("scripts/setup")
        page = read("docs/dependencies.md")
        arrays = re.findall(r"^(?:build|test)_packages=\((.*?)\)$", setup, re.DOTALL | re.MULTILINE)
        self.assertEqual(len(arrays), 2)
        packages = [word for array in arrays for line in array.splitlines() for word in line.split("#")[0].split()]
        self.assertIn("libvips-dev", packages)
        self.assertEqual([name for name in packages if f"`{name}`" not in page], [])

    def test_the_page_on_dependencies_has_the_pinned_runtime(self):
        pin = json.loads(read("scripts/lib/openvino.json"))
        self.assertIn(f"| PyPI `{pin['package']}` | {pin['packageVersion']} |", read("docs/dependencies.md"))

    def test_make_help_lists_every_target(self):
        makefile = read("Makefile")
        phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
        listed = run("make", "--no-print-directory", "help", cwd=ROOT).stdout
        for target in phony:
            self.assertRegex(listed, rf"(?m)^  make {target} +\w")

    def test_ci_calls_the_test_script_and_nothing_else(self):
        commands = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
        self.assertEqual(commands, ['exec "$(dirname "$0")/../scripts/test"'])


if __name__ == "__main__":
    unittest.main()
