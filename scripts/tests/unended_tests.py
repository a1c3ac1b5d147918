"""unended.py names what a log says began and did not end."""
import unittest

from support import load

unended = load("lib/unended.py")


class UnendedTests(unittest.TestCase):
    def test_only_what_began_and_neither_passed_nor_failed_is_named(self):
        log = [
            '◇ Test "a" started.', '◇ Test "b, and c" started.', "◇ Test plain() started.", '✔ Test "a" passed after 1 seconds.',
            '✘ Test "d" failed after 2 seconds with 1 issue.', "✔ Test plain() passed after 0.1 seconds.",
        ]
        self.assertEqual(unended.unended(log), ['"b, and c"'])

    def test_two_of_one_name_are_counted(self):
        log = ['Test "a" started.', 'Test "a" started.', 'Test "a" with 2 test cases passed after 1 seconds.']
        self.assertEqual(unended.unended(log), ['"a"'])
        self.assertEqual(unended.unended([*log, 'Test "a" failed after 1 seconds.']), [])


if __name__ == "__main__":
    unittest.main()
