"""check-layers finds each kind of arrow that goes up, and nothing in a clean tree."""
import pathlib
import tempfile
import unittest

from support import load

layers = load("check-layers")

CLEAN = {
    "Sources/Pipeline/Job.swift": "public import Foundation\n",
    "Sources/Imaging/Bitmap.swift": "internal import CVShim\npublic import Pipeline\n",
    "Sources/Stages/Shared.swift": "struct Shared {}\n",
    "Sources/Stages/Cutout/CutoutStage.swift":
        'public struct CutoutStage {\n    public static let kind: Kind = "cutout"\n    let a: Shared\n}\n',
    "Sources/Stages/Spin/SpinStage.swift": "struct SpinStage {}\n// unlike CutoutStage\n",
    "Sources/Worker/Loop.swift": "internal import JobQueue\n",
    "Sources/CVShim/Image/Image.cpp": '#include <opencv2/core.hpp>\n#include "../Guard.hpp"\n#include "CVSImage.h"\n',
    "Sources/CVShim/Guard.hpp": "#include <new>\n",
    "Sources/CVShim/Infer/Session.cpp": '#include <openvino/c/openvino.h>\n#include "../Image/Image.hpp"\n',
    "Sources/CVShim/Image/Image.hpp": "",
    "Sources/CVShim/include/CVSImage.h": "",
}
NEEDS = {
    "Pipeline": set(), "CVShim": set(), "Imaging": {"CVShim", "Pipeline"}, "JobQueue": {"CLibPQ", "Pipeline"},
    "Stages": {"Imaging", "Pipeline"}, "Worker": {"JobQueue", "Pipeline"}, "JobAPI": {"JobQueue", "Pipeline"},
    "CLibPQ": set(), "TestKit": {"JobQueue"},
}


def complaints(changes, needs=None):
    """What the checks say of the clean tree with some files added or replaced."""
    needs = {**NEEDS, **(needs or {})}
    targets = {name: {"folder": f"{'Tests' if name == 'TestKit' else 'Sources'}/{name}", "needs": wants}
               for name, wants in needs.items()}
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**CLEAN, **changes}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return (layers.check_declared(targets) + layers.check_swift(root, targets) + layers.check_stages(root)
                + layers.check_c(root))


class LayersTests(unittest.TestCase):
    def refuses(self, changes, place, words, needs=None):
        found = complaints(changes, needs)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{place}: "), found[0])
        self.assertIn(words, found[0])
        self.assertIn("; ", found[0])

    def test_a_clean_tree_has_no_complaint(self):
        self.assertEqual(complaints({}), [])

    def test_an_arrow_up_in_the_package(self):
        self.refuses({}, "Package.swift:1", "JobQueue depends on Worker", {"JobQueue": {"Worker"}})

    def test_a_target_without_a_layer(self):
        self.refuses({}, "Package.swift:1", "Extras has no layer", {"Extras": set()})

    def test_an_import_that_is_not_declared(self):
        self.refuses({"Sources/Worker/Loop.swift": "\ninternal import Imaging\n"},
                     "Sources/Worker/Loop.swift:2", "which Package.swift does not give it")

    def test_an_import_of_a_single_declaration(self):
        self.refuses({"Sources/Worker/Loop.swift": "@preconcurrency internal import struct Imaging.Bitmap\n"},
                     "Sources/Worker/Loop.swift:1", "Worker imports Imaging")

    def test_a_c_module_outside_of_its_face(self):
        self.refuses({"Sources/Stages/Shared.swift": "internal import CVShim\n"},
                     "Sources/Stages/Shared.swift:1", "use that target's Swift face", {"Stages": {"CVShim"}})

    def test_a_c_module_in_the_swift_api(self):
        self.refuses({"Sources/Imaging/Bitmap.swift": "public import CVShim\n"},
                     "Sources/Imaging/Bitmap.swift:1", "without `internal`")

    def test_only_the_lower_face_lends_a_c_module(self):
        self.refuses({"Sources/Photogrammetry/Solve.swift": "package import CVShim\n"},
                     "Sources/Photogrammetry/Solve.swift:1", "without `internal`", {"Photogrammetry": {"CVShim"}})

    def test_a_kernel_that_does_io(self):
        self.refuses({"Sources/Pipeline/Job.swift": "internal import Dispatch\n"},
                     "Sources/Pipeline/Job.swift:1", "the kernel imports Dispatch")

    def test_test_modules_in_sources(self):
        self.refuses({"Sources/Worker/Loop.swift": "internal import TestKit\n"},
                     "Sources/Worker/Loop.swift:1", "only tests may", {"Worker": {"JobQueue"}})

    def test_a_stage_that_uses_another(self):
        self.refuses({"Sources/Stages/Spin/SpinStage.swift": "struct SpinStage { let a: CutoutStage }\n"},
                     "Sources/Stages/Spin/SpinStage.swift:1", "uses CutoutStage of the stage Cutout")

    def test_a_worker_that_names_a_stage(self):
        self.refuses({"Sources/Worker/Loop.swift": "let a = CutoutStage.self\n"},
                     "Sources/Worker/Loop.swift:1", "Worker names the stage CutoutStage")

    def test_an_api_that_names_a_kind(self):
        self.refuses({"Sources/JobAPI/Routes.swift": 'if kind == "cutout" {}\n'},
                     "Sources/JobAPI/Routes.swift:1", 'JobAPI names the stage "cutout"')

    def test_opencv_outside_of_the_shim(self):
        self.refuses({"Sources/CMicroHTTPD/shim.c": "#include <opencv2/core.hpp>\n"},
                     "Sources/CMicroHTTPD/shim.c:1", "used outside of CVShim")

    def test_an_opencv_module_that_is_not_linked(self):
        self.refuses({"Sources/CVShim/Image/Image.cpp": "#include <opencv2/imgcodecs.hpp>\n"},
                     "Sources/CVShim/Image/Image.cpp:1", "not linked")

    def test_an_opencv_module_of_another_family(self):
        self.refuses({"Sources/CVShim/Image/Image.cpp": "#include <opencv2/calib3d.hpp>\n"},
                     "Sources/CVShim/Image/Image.cpp:1", "is for Features and Solve")

    def test_a_library_in_the_wrong_family(self):
        self.refuses({"Sources/CVShim/Image/Image.cpp": "#include <openvino/c/openvino.h>\n"},
                     "Sources/CVShim/Image/Image.cpp:1", "only Infer may")

    def test_a_family_that_looks_up(self):
        self.refuses({"Sources/CVShim/Infer/Session.hpp": "",
                      "Sources/CVShim/Image/Image.cpp": '#include "../Infer/Session.hpp"\n'},
                     "Sources/CVShim/Image/Image.cpp:1", "Image includes Infer, a higher family")

    def test_a_public_header_that_shows_a_private_one(self):
        self.refuses({"Sources/CVShim/include/CVSImage.h": '#include "../Guard.hpp"\n'},
                     "Sources/CVShim/include/CVSImage.h:1", "use an opaque handle")


if __name__ == "__main__":
    unittest.main()
