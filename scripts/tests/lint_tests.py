"""scripts/lint as a whole, on a small package of its own: clean, then with one fault for each check."""
import os
import pathlib
import shutil
import tempfile
import unittest

from support import SCRIPTS, run

PACKAGE = """\
// swift-tools-version:6.2
import PackageDescription

let package = Package(name: "sample", targets: [.target(name: "Pipeline")])
"""
CLEAN = {
    "Package.swift": PACKAGE,
    "Sources/Pipeline/Job.swift": "struct Job {}\n",
    "Sources/CVShim/Image/Image.cpp": "int one() { return 1; }\n",
    "scripts/greet": "#!/usr/bin/env bash\necho hello\n",
    "scripts/count.py": "print(1)\n",
}
FAULTS = {
    "Swift format": ("Sources/Pipeline/Job.swift", "struct Job { var a : Int }\n", "Job.swift:1:"),
    "C++ format": ("Sources/CVShim/Image/Image.cpp", "int  one( ){return 1;}\n", "Image.cpp:1:"),
    "layers": ("Sources/Pipeline/Job.swift", "import Dispatch\n", "Job.swift:1: the kernel imports Dispatch"),
    "text": ("notes.md", "blanks \n", "notes.md:1: blanks"),
    "shell scripts": ("scripts/greet", "#!/usr/bin/env bash\nif true\n", "greet:"),
    "Python scripts": ("scripts/count.py", "print(\n", "count.py:1:"),
}


class LintTests(unittest.TestCase):
    def lint(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in ("lint", "check-layers", "check-text", "lib/common.sh"):
                (root / "scripts" / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(SCRIPTS / name, root / "scripts" / name)
            for name in (".swift-format", ".clang-format"):
                shutil.copy(SCRIPTS.parent / name, root / name)
            for name, text in {**CLEAN, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            run("git", "init", "--quiet", cwd=root)
            environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
            return run(root / "scripts/lint", cwd=root, env=environment)

    def test_a_clean_package_passes(self):
        result = self.lint({})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_each_check_fails_on_its_fault(self):
        for check, (name, content, place) in FAULTS.items():
            with self.subTest(check=check):
                result = self.lint({name: content})
                output = result.stdout + result.stderr
                self.assertEqual(result.returncode, 1, output)
                self.assertIn(f"lint: failed: {check}", output)
                self.assertIn(place, output)


if __name__ == "__main__":
    unittest.main()
