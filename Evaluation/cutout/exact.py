"""How far the fast precision moves a mask, and whether f32 gives the same bytes again and on fewer processors."""
import os

import methods
import metrics


def changes(exact, fast):
    """{set: (largest change, picture)}: 1 - IoU between the masks of two runs."""
    found = {}
    for key, answer in exact.items():
        if key in fast:
            change = 1 - metrics.iou(answer.alpha >= 128, fast[key].alpha >= 128)
            found[key[0]] = max(found.get(key[0], (0.0, "")), (change, key[1]))
    return found


def gains(exact, fast):
    """{set: (largest change of the IoU with the truth, picture)} of two methods' scores."""
    found = {}
    for key, score in exact.items():
        if key in fast:
            change = abs(score["iou"] - fast[key]["iou"])
            found[key[0]] = max(found.get(key[0], (0.0, "")), (change, key[1]))
    return found


def repeats(options, links, out, first):
    """{how: (masks that are the same bytes, all)}: one file at a time, and on one processor with its threads in turn."""
    found = {}
    one = ("taskset", "--cpu-list", str(min(os.sched_getaffinity(0))))
    for how, words, through in (("one file at a time", ("--abreast", "1"), ()), ("on one processor", ("--abreast", "1"), one)):
        again = methods.run_ours(options, links, out, words, through)
        same = sum(bool(again[key].sha256) and again[key].sha256 == first[key].sha256 for key in links)
        found[how] = (same, len(links))
    return found
