"""Render cars of many shapes in many places, with their masks; run by Blender.

blender --background --factory-startup --python render.py -- --out FOLDER --first N --count N
"""
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "fixtures")]

import bpy  # noqa: E402
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from carscene import body, cabin, cameras, lot, materials, plates, render, trim, wheels  # noqa: E402
import additions  # noqa: E402
import places  # noqa: E402
import scenes  # noqa: E402
import variety  # noqa: E402
from staging import SIZE, arguments, jpeg, settle  # noqa: E402

VIEWS = 3


def build_car(dice):
    """A car of its own; returns its objects."""
    paints = materials.car_materials(variety.paint(dice))
    if dice.uniform() < .15:
        paints["cabin"] = materials.cabin(variety.paint(dice))
    additions.finish(paints, dice)
    additions.panes(paints, dice)
    plain_wheels = additions.rims(dice)
    before = set(bpy.data.objects)
    for part in (body, cabin, wheels, trim, plates):
        part.build(paints)
    if plain_wheels:
        additions.plain_wheels(paints, dice)
    variety.dress([item for item in bpy.data.objects if item not in before], paints, dice)
    car = [item for item in bpy.data.objects if item not in before]
    bpy.context.view_layer.update()
    shape = variety.Shape(dice)
    variety.reshape(car, shape)
    bpy.context.view_layer.update()
    additions.build(car, paints, shape, dice)
    return [item for item in bpy.data.objects if item not in before]


def views(dice, places, blocked, width, height):
    """Cameras as people hold them: all round, near and far, high and low; a neighbour never stands in the way."""
    made = 0
    while made < VIEWS:
        azimuth, radius = dice.uniform(0, 2 * np.pi), dice.uniform(5.0, 9)
        eye = dice.choice([dice.uniform(1.2, 1.8), dice.uniform(.3, 1.2), dice.uniform(1.8, 4.5)], p=[.62, .18, .2])
        spot = radius * np.array([np.cos(azimuth), np.sin(azimuth)])
        if blocked(*spot) or any(hidden(np.array(place), spot) for place in places):
            continue
        across = 4.4 * abs(np.sin(azimuth)) + 1.9 * abs(np.cos(azimuth))
        share = dice.uniform(.5, .92) if dice.uniform() < .8 else dice.uniform(.92, 1.6)
        lens = 36 * share * radius / across
        off = .5 * max(0, 1 - share) * across
        aim = (dice.uniform(-off, off) * np.sin(azimuth), dice.uniform(.4, .95), dice.uniform(-off, off) * np.cos(azimuth))
        position = (spot[1], eye, spot[0])
        view = cameras.camera(f"{made}", position, aim, np.radians(dice.normal() * 1.5), width, height)
        yield view, float(np.clip(lens, 16, 120))
        made += 1


def views_of_plates(dice, places, blocked, width, height):
    """Cameras that look at the car's front or rear, half of them from far aside, where its plate is narrow."""
    made = 0
    while made < VIEWS:
        aside = np.radians(dice.uniform(45, 74) if dice.uniform() < .5 else dice.uniform(0, 45)) * dice.choice([-1, 1])
        end, away = dice.choice([-1, 1]), dice.uniform(1.8, 6)
        spot = np.array([2.1 * end + away * end * np.cos(aside), away * np.sin(aside)])
        if blocked(*spot) or any(hidden(np.array(place), spot) for place in places):
            continue
        aim = (dice.normal() * .3 + .4 * np.sin(aside), dice.uniform(.35, .9), end * dice.uniform(1.4, 2.1))
        position = (spot[1], dice.uniform(.6, 2.2), spot[0])
        view = cameras.camera(f"{made}", position, aim, np.radians(dice.normal() * 2), width, height)
        yield view, float(np.clip(36 * away / dice.uniform(1.3, 3.6), 16, 150))
        made += 1


def hidden(place, spot):
    """Whether a neighbour at `place` could stand between the camera and the car."""
    along = np.clip(place @ spot / (spot @ spot), 0, 1)
    return np.hypot(*(place - along * spot)) < (3.2 if along > .02 else 0) or np.hypot(*(place - spot)) < 3.2


def flatten(car):
    """Every part's material becomes its class: red glass, green wheel, blue plate; the rest black."""
    def flat(name, colour):
        material = bpy.data.materials.new(name)
        tree = materials.Tree(material)
        tree.finish(tree.glow(colour, 1.0))
        return material
    rest, wheel, plate = flat("rest", (0, 0, 0)), flat("wheel", (0, 1, 0)), flat("plate class", (0, 0, 1))
    pane = bpy.data.materials.new("pane")
    tree = materials.Tree(pane)
    tree.finish(tree.mix(tree.within("clear"), tree.glow((0, 0, 0), 1.0), tree.glow((1, 0, 0), 1.0)))
    for item in car:
        name = item.name.split(".")[0]
        kind = wheel if name in (*variety.WHEEL_PARTS, "spare", "spare rim") else pane if name == "cabin" else \
            plate if name in ("plate", "plate band", "plate text") else rest
        for slot in item.material_slots:
            slot.material = kind


def main():
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    for number in range(options.first, options.first + options.count):
        if (options.out / f"{number:04d}-{VIEWS - 1}.png").exists():
            continue
        shoot(number, options.out, views_of_plates if options.plates else views)


def shoot(number, out, seen_from):
    """The views of one scene, from where `seen_from` says: 0007-2.jpg and 0007-2.png (alpha, glass, wheels, plates as RGBA)."""
    dice = np.random.default_rng(number)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    settle()
    car = build_car(dice)
    if dice.uniform() < .35:
        lot.build()
        scenes.turn_world(car, dice.uniform(0, 6.28))
        blocked = scenes.wall_off(dice) if dice.uniform() < .35 else lambda s, w: False
        scenes.repave(dice)
        scenes.relight(dice)
    else:
        blocked = places.build(dice)
    others = scenes.neighbours(car, dice, variety.paint) if dice.uniform() < .6 else []
    surroundings = [item for item in bpy.data.objects if item not in car]
    for view, lens in seen_from(dice, others, blocked, *SIZE):
        cameras.install(view)
        bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = SIZE
        bpy.context.scene.camera.data.lens = lens
        jpeg(out / f"{number:04d}-{view['name']}.jpg", render.photo)
    with tempfile.TemporaryDirectory() as scratch:
        masks(car, surroundings, number, pathlib.Path(scratch) / "frame.png", out)


def masks(car, surroundings, number, frame, out):
    """The same cameras, everything but the car gone, its parts in the colours of their classes."""
    for item in surroundings:
        item.is_holdout = True
    flatten(car)
    scene = bpy.context.scene
    scene.view_settings.view_transform, scene.view_settings.look, scene.view_settings.exposure = "Raw", "None", 0
    scene.cycles.use_adaptive_sampling, scene.cycles.samples = False, 12
    scene.cycles.max_bounces = 0
    scene.render.film_transparent = True
    scene.render.image_settings.color_mode = "RGBA"
    for index, camera in enumerate([item for item in bpy.data.objects if item.type == "CAMERA"]):
        scene.camera = camera
        render.mask(frame)
        Image.open(frame).save(out / f"{number:04d}-{index}.png")


main()
