"""Furniture that a room holds and a photo may show alone, and what it is made of.

Each function builds one thing on the ground about the middle and returns its (radius, height) in metres.
"""
import bpy
import numpy as np

from carscene.materials import Tree, simple
from carscene.shapes import box
from carscene.trim import blob, loft
from places import colour, glowing, mottled


def surface(dice, name="skin"):
    """Plain, glossy, metallic or mottled."""
    way = dice.uniform()
    if way < .35:
        low, high = colour(dice, .02, .3, .3), colour(dice, .2, .7, .3)
        return mottled(name, low, high, dice.uniform(1, 12), dice, dice.uniform(.2, .9))
    return simple(name, colour(dice, .01, .8, .5), Roughness=dice.uniform(.05, .9), Metallic=float(dice.uniform() < .25))


def disc(centre, radius, thick, axis, material, name="disc", hollow=0.0):
    """A cylinder or ring about an axis: 0 along s, 1 along w, 2 upright."""
    angle = np.linspace(0, 2 * np.pi, 49)[:-1]
    low = max(hollow * radius, .002)
    profile = [(-thick, low), (-thick, radius), (thick, radius), (thick, low)]
    rings = []
    for across, r in profile:
        ring = np.zeros((48, 3))
        ring[:, axis] = across
        ring[:, (axis + 1) % 3], ring[:, (axis + 2) % 3] = r * np.cos(angle), r * np.sin(angle)
        rings.append(ring + centre)
    if hollow:
        rings.append(rings[0])
    return loft(name, rings, material)


def _seat(dice, at, turn, wood, cloth):
    """A chair, stool or armchair."""
    made, size, high = [], dice.uniform(.2, .4), dice.uniform(.38, .6)
    legs = dice.uniform(.015, .04)
    for s in (-1, 1):
        for w in (-1, 1):
            x, y = s * (size - legs), w * (size - legs)
            made.append(box("leg", (x - legs, y - legs, 0), (x + legs, y + legs, high), wood))
    made.append(box("seat", (-size, -size, high), (size, size, high + dice.uniform(.03, .2)), cloth, .02))
    if dice.uniform() < .85:
        corner = (-size + dice.uniform(.03, .2), size, high + dice.uniform(.3, .7))
        made.append(box("back", (-size, -size, high), corner, cloth, .02))
    if dice.uniform() < .4:
        for w in (-1, 1):
            a, b = sorted((w * size, w * (size - .07)))
            made.append(box("arm", (-size, a, high), (size * .9, b, high + .25), cloth, .02))
    for item in made:
        item.rotation_euler, item.location = (0, 0, turn), (at[1], -at[0], 0)
    return size, high + .6


def chair(dice):
    return _seat(dice, (0, 0), dice.uniform(0, 6.28), surface(dice), surface(dice))


def table(dice):
    """A table, round or square, set with things, sometimes with chairs."""
    wood, high = surface(dice, "wood"), dice.uniform(.4, 1.0)
    a, b = dice.uniform(.3, .9), dice.uniform(.4, 1.4)
    if dice.uniform() < .4:
        disc((0, 0, high), a, .02, 2, wood)
        disc((0, 0, high / 2), .05, high / 2, 2, wood)
        disc((0, 0, .03), a * .6, .03, 2, wood)
        b = a
    else:
        box("top", (-a, -b, high - .04), (a, b, high), wood, .01)
        for s in (-1, 1):
            for w in (-1, 1):
                box("leg", (s * a * .9 - .03, w * b * .93 - .03, 0), (s * a * .9 + .03, w * b * .93 + .03, high), wood)
    for _ in range(int(dice.integers(0, 5))):
        spot = (dice.uniform(-a, a) * .6, dice.uniform(-b, b) * .6, high + .1)
        disc(spot, dice.uniform(.04, .2), dice.uniform(.01, .1), 2, surface(dice))
    cloth = surface(dice)
    for turn in dice.uniform(0, 6.28, int(dice.integers(0, 5))):
        _seat(dice, ((a + .3) * np.cos(turn), (b + .3) * np.sin(turn)), turn + np.pi, wood, cloth)
    return max(a, b) + .3, high + .2


def cupboard(dice):
    """A cupboard, shelf, oven or washing machine: doors, knobs, round doors."""
    a, b, high = dice.uniform(.25, .4), dice.uniform(.3, 1.2), dice.uniform(.6, 2.2)
    body, front = surface(dice, "body"), surface(dice, "front")
    box("body", (-a, -b, .05), (a, b, high), body, .01)
    count, rows = int(dice.integers(1, 4)), int(dice.integers(1, 4))
    for i in range(count):
        for k in range(rows):
            w, h = -b + 2 * b * i / count, .1 + (high - .15) * k / rows
            box("door", (a, w + .02, h), (a + .02, w + 2 * b / count - .02, h + (high - .15) / rows - .03), front, .005)
            middle = (a + .03, w + b / count, h + (high - .15) / rows / 2)
            if dice.uniform() < .35:
                size = min(b / count, (high - .15) / rows / 2) * .75
                disc(middle, size, .03, 0, simple("rim", (.6, .6, .6), Metallic=1., Roughness=.3), hollow=.75)
                disc(middle, size * .75, .02, 0, simple("dark", (.01, .01, .012), Roughness=.05))
            else:
                disc((middle[0], middle[1] + b / count * .7, middle[2]), .025, .02, 0, body)
    return max(a, b), high


def sofa(dice):
    """A sofa or a bed."""
    cloth, a, b, high = surface(dice, "cloth"), dice.uniform(.4, .5), dice.uniform(.6, 1.2), dice.uniform(.3, .5)
    box("seat", (-a, -b, .08), (a, b, high), cloth, .06)
    box("back", (-a - .2, -b, .08), (-a, b, high + dice.uniform(.2, .5)), cloth, .06)
    for side in (-1, 1):
        lo, hi = sorted((side * b, side * (b + .18)))
        box("arm", (-a, lo, .08), (a, hi, high + .2), cloth, .06)
    for _ in range(int(dice.integers(0, 4))):
        w = dice.uniform(-b, b) * .8
        box("pillow", (-a, w - .2, high), (-a + .15, w + .2, high + .35), surface(dice), .05)
    return b + .2, high + .5


def _cloth(dice):
    """Checked, striped or flowered cloth, or plain."""
    material = bpy.data.materials.new("cloth")
    tree = Tree(material)
    where = tree.add("NewGeometry").outputs["Position"]
    low, high, way = colour(dice, .02, .7, .5), colour(dice, .1, .85, .5), dice.uniform()
    if way < .35:
        tone = tree.math("GREATER_THAN", tree.noise(dice.uniform(4, 20), 2, .5, where), dice.uniform(.45, .55))
    elif way < .6:
        tone = tree.add("TexChecker", None, Vector=where, Scale=dice.uniform(3, 25)).outputs["Fac"]
    elif way < .8:
        tone = tree.add("TexWave", None, Vector=where, Scale=dice.uniform(1, 8), Distortion=dice.uniform(0, 6)).outputs["Fac"]
    else:
        tone = tree.noise(2, 3, .5, where)
    tree.finish(tree.principled(tree.ramp(tone, low, high), Roughness=.9))
    return material


def bed(dice):
    """A bed with a headboard, a cover and pillows."""
    long, half, high = dice.uniform(.9, 1.1), dice.uniform(.45, 1), dice.uniform(.4, .7)
    cover = _cloth(dice)
    box("mattress", (-long, -half, .2), (long, half, high), cover, .08)
    box("cover", (-long * .4, -half - .03, dice.uniform(.05, .3)), (long + .03, half + .03, high + .02), cover, .06)
    corner = (-long, half + .05, high + dice.uniform(.2, .9))
    box("headboard", (-long - .08, -half - .05, 0), corner, surface(dice, "wood"), .02)
    for w in np.linspace(-half * .5, half * .5, int(dice.integers(1, 5))):
        blob("pillow", (-long * .75 + dice.uniform(0, .3), w, high + .12), (.16, .3, .11), _cloth(dice), 2.6)
    return long, high + .5


def bath(dice):
    """A toilet, a washbasin with its tap, a tub."""
    white = simple("china", tuple(dice.uniform(.6, .85) * np.array([1, 1, dice.uniform(.85, 1)])), Roughness=.1, Specular=.6)
    steel = simple("steel", (.7, .7, .7), Metallic=1., Roughness=.12)
    way = int(dice.integers(0, 3))
    if way == 0:
        blob("bowl", (.15, 0, .25), (.3, .2, .2), white, 2.4)
        blob("foot", (.0, 0, .12), (.2, .12, .14), white, 3)
        blob("lid", (.15, 0, .43), (.28, .2, .03), white, 2.4)
        box("tank", (-.32, -.23, .4), (-.12, .23, .8), white, .03)
        return .5, .9
    if way == 1:
        box("unit", (-.3, -.7, 0), (.28, .7, .8), surface(dice, "unit"), .01)
        box("top", (-.32, -.75, .8), (.32, .75, .86), surface(dice, "top"), .01)
        disc((0, 0, .865), .22, .02, 2, white, hollow=.85)
        blob("basin", (0, 0, .84), (.19, .19, .03), white, 2)
        bend = [(-.22 + .14 * (1 - np.cos(t)), 0, .87 + .16 * np.sin(t)) for t in np.linspace(0, 2.4, 9)]
        loft("tap", [[(x + .015 * np.cos(a), .015 * np.sin(a), z) for a in np.linspace(0, 5.2, 6)] for x, _, z in bend], steel)
        box("mirror", (-.32, -.6, 1.0), (-.3, .6, 1.9), steel)
        return .8, 1.6
    blob("tub", (0, 0, .28), (.42, .85, .28), white, 6)
    blob("hollow", (0, 0, .53), (.34, .72, .04), simple("shade", (.35, .35, .35), Roughness=.3), 5)
    disc((0, .8, .75), .03, .2, 2, steel)
    return .9, .7


def hanging(dice):
    """A ceiling fan or a chandelier, seen from below or from its own height."""
    high, skin = dice.uniform(1.2, 2), surface(dice)
    disc((0, 0, high + .2), .02, .3, 2, skin)
    disc((0, 0, high), dice.uniform(.06, .15), .08, 2, skin)
    arms = int(dice.integers(3, 8))
    for k in range(arms):
        if k % 2 and arms > 5:
            blob("bulb", (.4 * np.cos(k), .4 * np.sin(k), high), (.06, .06, .08), glowing(dice, 1, 6), 2)
            continue
        item = box("blade", (.1, -.07, high - .01), (dice.uniform(.5, .7), .07, high + .01), skin, .004)
        item.rotation_euler = (0, 0, 6.28 * k / arms)
    return .7, high + .3
