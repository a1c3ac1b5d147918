"""What both renderers of training pictures share: arguments, the camera's size, Cycles' settings, storing."""
import argparse
import pathlib
import sys
import tempfile

import bpy
from PIL import Image

from carscene import render

SIZE, SAMPLES = (576, 384), 6


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1, help="scenes, each with its own thing, place and light")
    parser.add_argument("--plates", action="store_true", help="look at fronts and rears, mostly from far aside")
    return parser.parse_args(sys.argv[sys.argv.index("--") + 1:])


def settle():
    """Few rays on one thread: what noise is left stands for a sensor's."""
    render.settle(SAMPLES)
    cycles = bpy.context.scene.cycles
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 1, 2
    cycles.use_adaptive_sampling = False
    bpy.context.scene.render.threads_mode, bpy.context.scene.render.threads = "FIXED", 1


def jpeg(path, photograph):
    """Store what `photograph(file)` writes as PNG as a JPEG."""
    with tempfile.TemporaryDirectory() as scratch:
        frame = pathlib.Path(scratch) / "frame.png"
        photograph(frame)
        Image.open(frame).convert("RGB").save(path, quality=95, subsampling=0)
