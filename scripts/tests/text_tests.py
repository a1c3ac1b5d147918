"""check-text finds each thing that must not be in the repository's text, and leaves the rest alone."""
import pathlib
import tempfile
import unittest

from support import load

text = load("check-text")


def complaints(name, content):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [str(line) for line in text.check(pathlib.Path(folder))]


class TextTests(unittest.TestCase):
    def refuses(self, name, content, line, words):
        found = complaints(name, content)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{name}:{line}: "), found[0])
        self.assertIn(words, found[0])

    def accepts(self, name, content):
        self.assertEqual(complaints(name, content), [])

    def test_paths_of_a_machine(self):
        for folder in ("ho" "me/anna", "wo" "rk/main", "ro" "ot/x", "Us" "ers/anna"):
            self.refuses("notes.md", f"fine\nsee /{folder} for it\n", 2, "a path of one machine")

    def test_paths_inside_of_the_repository(self):
        self.accepts("notes.md", "see docs/home/plan and $root/home/x and https://example.org/home/a\n")

    def test_conflict_markers(self):
        for marker in ("<" * 7 + " HEAD", "=" * 7, ">" * 7 + " branch"):
            self.refuses("notes.md", f"{marker}\n", 1, "a conflict marker")

    def test_a_markdown_rule_is_no_conflict(self):
        self.accepts("notes.md", "Title\n=====\n\n==========\n")

    def test_unfinished_work(self):
        for marker in ("TO" "DO", "FIX" "ME", "XX" "X"):
            self.refuses("a.swift", f"// {marker} later\n", 1, "an unfinished-work marker")

    def test_untidy_ends(self):
        self.refuses("a.py", "x = 1 \n", 1, "blanks at the end")
        self.refuses("a.py", "x = 1", 1, "no newline at the end")

    def test_dangerous_words_without_a_reason(self):
        for line in ("let a = try! f()", "fatalError(\"no\")", "struct A: @unchecked Sendable {}",
                     "nonisolated(unsafe) var a = 1"):
            self.refuses("a.swift", f"\n{line}\n", 2, "without a reason")

    def test_dangerous_words_with_a_reason(self):
        self.accepts("a.swift", "// The pattern is a constant.\nlet a = try! f()\n")
        self.accepts("a.swift", "/// - Note: noncopyable, so one task owns it.\nstruct A: @unchecked Sendable {}\n")

    def test_dangerous_words_in_comments_and_strings(self):
        self.accepts("a.swift", "let a = \"try! it\"  // no fatalError(here)\n")

    def test_bytes_are_no_text(self):
        self.accepts("a.dat", b"\0\x01<<<<<<< ")
        self.accepts("a.png", b"anything  ")


if __name__ == "__main__":
    unittest.main()
