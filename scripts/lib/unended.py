#!/usr/bin/env python3
"""Prints the tests of a log that began and did not end: unended.py LOG"""
import re
import sys

LINE = re.compile(r'Test (?P<name>"[^"]*"|\S+\(\))(?: with \d+ test cases?)? (?P<what>started|passed|failed|skipped)')
FEW = 12


def unended(lines):
    """Names in their order."""
    open_ = {}
    for line in lines:
        if not (found := LINE.search(line)):
            continue
        if found["what"] == "started":
            open_[found["name"]] = open_.get(found["name"], 0) + 1
        elif open_.get(found["name"]):
            open_[found["name"]] -= 1
    return [name for name, count in open_.items() if count]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        names = unended(log)
    # Those that waited for their turn had begun as well: only the first few tell something.
    print(", ".join(names[:FEW]) + (f" and {len(names) - FEW} more" if len(names) > FEW else "") or "nothing")
