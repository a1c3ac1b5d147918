#!/usr/bin/env python3
"""Prints the line coverage of the Swift code in Sources, a line a target, and fails below the bar.

usage: coverage.py ROOT REPORT.json --least PERCENT [--files]

REPORT.json is what `llvm-cov export --summary-only` prints. Tests, build products and C++ are left out. --files lists
the files below the bar, worst first.
"""
import argparse
import json
import pathlib
import sys


def rows(root, report):
    """(target, path, covered lines, all lines) of every Swift file under Sources."""
    sources = pathlib.Path(root).resolve() / "Sources"
    for entry in report["data"][0]["files"]:
        path = pathlib.Path(entry["filename"])
        if path.suffix == ".swift" and path.is_relative_to(sources):
            inside = path.relative_to(sources)
            lines = entry["summary"]["lines"]
            yield inside.parts[0], inside.as_posix(), lines["covered"], lines["count"]


def percent(covered, count):
    return 100 * covered / count if count else 100.0


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("root")
    parser.add_argument("report")
    parser.add_argument("--least", type=float, required=True)
    parser.add_argument("--files", action="store_true")
    options = parser.parse_args(arguments)
    found = list(rows(options.root, json.loads(pathlib.Path(options.report).read_text(encoding="utf-8"))))
    if not found:
        print("coverage: the report has no Swift file of Sources; was it made with --enable-code-coverage?")
        return 1
    targets = {}
    for target, _, covered, count in found:
        before = targets.get(target, (0, 0))
        targets[target] = (before[0] + covered, before[1] + count)
    print("Line coverage of the Swift code in Sources")
    for target, (covered, count) in sorted(targets.items()):
        print(f"  {target:<16}{percent(covered, count):6.1f} %  {covered:6} of {count:6} lines")
    covered = sum(row[2] for row in found)
    count = sum(row[3] for row in found)
    total = percent(covered, count)
    print(f"  {'all':<16}{total:6.1f} %  {covered:6} of {count:6} lines  (bar: {options.least:g} %)")
    if options.files or total < options.least:
        for _, path, some, whole in sorted(found, key=lambda row: percent(row[2], row[3])):
            if percent(some, whole) < options.least:
                print(f"    {percent(some, whole):5.1f} %  {path} ({whole - some} lines not run)")
    if total < options.least:
        print(f"coverage: {total:.1f} % is below the bar of {options.least:g} %; add tests for the files above")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
