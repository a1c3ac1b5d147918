"""coverage.py counts our Swift sources only, and fails below the bar."""
import contextlib
import io
import json
import pathlib
import tempfile
import unittest

from support import load

coverage = load("lib/coverage.py")


class CoverageTests(unittest.TestCase):
    def report(self, files, least):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder).resolve()
            path = root / "summary.json"
            path.write_text(json.dumps({"data": [{"files": [
                {"filename": str(root / name), "summary": {"lines": {"covered": covered, "count": count}}}
                for name, covered, count in files]}]}))
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                status = coverage.main([str(root), str(path), "--least", str(least)])
            return status, output.getvalue()

    def test_only_swift_in_sources_counts(self):
        status, output = self.report([
            ("Sources/Pipeline/A.swift", 90, 100), ("Sources/Worker/B.swift", 70, 100),
            ("Sources/CVShim/Image.cpp", 0, 1000), ("Tests/PipelineTests/T.swift", 500, 500),
            (".build/debug/runner.swift", 0, 900)], 80)
        self.assertEqual(status, 0, output)
        self.assertIn("80.0 %     160 of    200 lines", output)

    def test_below_the_bar_fails_and_names_the_files(self):
        status, output = self.report([("Sources/Pipeline/A.swift", 90, 100), ("Sources/Worker/B.swift", 69, 100)], 80)
        self.assertEqual(status, 1)
        self.assertIn("69.0 %  Worker/B.swift (31 lines not run)", output)
        self.assertIn("79.5 % is below the bar of 80 %", output)

    def test_a_report_without_our_sources_fails(self):
        status, output = self.report([("Tests/PipelineTests/T.swift", 1, 1)], 80)
        self.assertEqual(status, 1)
        self.assertIn("no Swift file of Sources", output)


if __name__ == "__main__":
    unittest.main()
