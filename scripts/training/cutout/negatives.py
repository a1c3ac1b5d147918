"""Render places without a car where something else stands out; run by Blender.

blender --background --factory-startup --python negatives.py -- --out FOLDER --first N --count N
"""
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "fixtures")]

import bpy  # noqa: E402
import numpy as np  # noqa: E402

from carscene import cameras, render  # noqa: E402
import places  # noqa: E402
import things  # noqa: E402
from staging import SIZE, arguments, jpeg, settle  # noqa: E402

VIEWS = 2


def view(dice, number, radius, height, blocked):
    """A camera round the thing, or within the room; and its lens."""
    for _ in range(200):
        azimuth, inside = dice.uniform(0, 2 * np.pi), radius < 0
        if inside:
            away, aim, lens = -radius * dice.uniform(.5, .95), (0, dice.uniform(.5, 1.2), 0), dice.uniform(16, 32)
        else:
            across = max(2 * radius, 1.4 * height)
            away = across * dice.uniform(1.1, 2.2) + radius
            aim, lens = (0, height * dice.uniform(.35, .65), 0), 36 * (away - radius * .5) / across * dice.uniform(.5, 1.1)
        spot = away * np.array([np.cos(azimuth), np.sin(azimuth)])
        if inside or not blocked(*spot):
            break
    eye = dice.uniform(1, 1.9) if inside or height > 1 else dice.uniform(.4, 1.7)
    return cameras.camera(f"{number}", (spot[1], eye, spot[0]), aim, np.radians(dice.normal() * 1.5), *SIZE), \
        float(np.clip(lens, 14, 120))


def shoot(number, out):
    """The views of one scene: n0007-0.jpg; without truth, for nothing of it is a car."""
    dice = np.random.default_rng(100000 + number)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    settle()
    chances = np.array(list(things.KINDS.values()))
    made = list(things.KINDS)[int(dice.choice(len(chances), p=chances / chances.sum()))]
    radius, height = made(dice)
    blocked = places.build(dice, max(3.6, abs(radius) + 1)) if made is not things.room else places.open_air(dice)
    for index in range(VIEWS):
        camera, lens = view(dice, index, radius, height, blocked)
        cameras.install(camera)
        bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = SIZE
        bpy.context.scene.camera.data.lens = lens
        jpeg(out / f"n{number:04d}-{index}.jpg", render.photo)


def main():
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    for number in range(options.first, options.first + options.count):
        if not (options.out / f"n{number:04d}-{VIEWS - 1}.jpg").exists():
            shoot(number, options.out)


main()
