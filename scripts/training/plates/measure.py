"""Measure a published network on drawn samples that training doesn't see: measure.py FILE RENDERS... [--count N]

Says by bands of height how many plates were found (boxes that share half of what they cover), how far their corners are
off, and how many more were found than there are. Never asks for plates cut by the border.
"""
import argparse
import pathlib

import numpy as np
import onnxruntime

import sources
from composing import Studio
from detector import found
from targets import height, visible

WIDE, TALL = 512, 448
BANDS = (7, 12, 20, 40, 80, 200)


def box(quad):
    return np.concatenate([quad.min(0), quad.max(0)])


def shared(one, other):
    """Intersection over union of two quads' boxes."""
    one, other = box(one), box(other)
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    if min(sides) <= 0:
        return 0.0
    both = sides.prod()
    return both / ((one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod() - both)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("renders", type=pathlib.Path, nargs="+")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--least", type=float, default=.3)
    options = parser.parse_args()
    setting = onnxruntime.SessionOptions()
    setting.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(options.file, setting, providers=["CPUExecutionProvider"])
    cars, others = sources.renders(*options.renders)
    studio = Studio(*(sources.apart(kind, True) for kind in (cars, others, sources.photographs())))
    dice, asked, more, empty = np.random.default_rng(1_000_000), [], 0, 0
    for _ in range(options.count):
        picture, quads = studio.sample(dice, WIDE, TALL)
        said, scores = found(lambda image: session.run(None, {"image": image}), picture, options.least)
        used = set()
        for quad in quads:
            best = max(((shared(quad, other), k) for k, other in enumerate(said)), default=(0, -1))
            used |= {k for k, other in enumerate(said) if shared(quad, other) > .1}
            if visible(quad, WIDE, TALL) > .95 and height(quad) >= BANDS[0]:
                off = np.linalg.norm(said[best[1]] - quad, axis=1).mean() if best[0] >= .5 else None
                asked.append((height(quad), off))
        more += len(said) - len(used)
        empty += bool(len(said)) and not quads
    for low, high in zip(BANDS, BANDS[1:]):
        offs = [off for tall, off in asked if low <= tall < high]
        hits = [off for off in offs if off is not None]
        print(f"{low}-{high} px: {len(hits)} of {len(offs)} found, corners off by {np.mean(hits or [0]):.2f} px")
    print(f"found that are none: {more} on {options.count} pictures; {empty} pictures without a plate have one")


if __name__ == "__main__":
    main()
