"""What stands out on pictures without a car: houses, furniture, rooms, bodies, plants, signs, machines with round parts.

Each function builds one thing on the ground about the middle and returns its (radius, height) in metres.
"""
import bpy
import numpy as np

from carscene.materials import simple
from carscene.shapes import add_mesh, box, to_blender
from furniture import bath, bed, chair, cupboard, disc, hanging, sofa, surface, table
from places import colour, glowing, masonry, mottled


def house(dice):
    """A house with a roof, windows, doors, sometimes a garage, a porch, a chimney, round windows, a dish."""
    deep, wide, tall = dice.uniform(2.5, 5), dice.uniform(3, 8), dice.uniform(2.4, 6)
    wall = masonry("house wall", dice)
    box("house", (-deep, -wide, -.1), (deep, wide, tall), wall, .01)
    tiles = mottled("tiles", colour(dice, .02, .15, .3), colour(dice, .1, .4, .3), dice.uniform(2, 12), dice)
    top, over = dice.uniform(.1, 1) * deep if dice.uniform() < .8 else .2, dice.uniform(.1, .6)
    ridge = dice.uniform(0, .9) * wide
    points = [(-deep - over, -wide - over, tall), (deep + over, -wide - over, tall), (deep + over, wide + over, tall),
              (-deep - over, wide + over, tall), (0, -wide - over + ridge, tall + top), (0, wide + over - ridge, tall + top)]
    add_mesh("roof", to_blender(points), [(0, 1, 4), (1, 2, 5, 4), (2, 3, 5), (3, 0, 4, 5), (0, 3, 2, 1)], tiles, crease=5)
    frame = simple("frame", colour(dice, .02, .85, .05), Roughness=.5)
    glass = simple("pane", colour(dice, .01, .3, .2), Roughness=.05, Metallic=dice.uniform(0, .9))
    door = surface(dice, "door")
    for side in (-1, 1):
        for floor in np.arange(0, tall - 2, 2.8):
            w = -wide + dice.uniform(.3, 1)
            while w < wide - 1.2:
                size, high = dice.uniform(.6, 2.2), dice.uniform(.8, 1.6)
                size = min(size, wide - .2 - w)
                a, b = sorted((side * deep, side * (deep + .05)))
                c, d = sorted((side * (deep + .02), side * (deep + .07)))
                if floor == 0 and dice.uniform() < .25:
                    box("door", (c, w, 0), (d, w + min(size, 1.1), 2.1), door, .01)
                    if dice.uniform() < .5:
                        disc((side * (deep + .08), w + .5, 1.5), .2, .02, 0, glass)
                elif floor == 0 and dice.uniform() < .2:
                    box("garage door", (c, w, 0), (d, min(w + 2.6, wide - .1), 2.2), frame)
                elif dice.uniform() < .08:
                    disc((side * deep, w + .4, floor + 1.7), dice.uniform(.25, .5), .08, 0, frame)
                    disc((side * deep, w + .4, floor + 1.7), .25, .1, 0, glass)
                else:
                    box("frame", (a, w - .07, floor + .83), (b, w + size + .07, floor + .97 + high), frame)
                    box("pane", (c, w, floor + .9), (d, w + size, floor + .9 + high), glass)
                    for k in range(1, int(dice.integers(1, 4))):
                        x = w + k * size / 3
                        box("bar", (c - .01, x - .02, floor + .9), (d + .01, x + .02, floor + .9 + high), frame)
                w += size + dice.uniform(.4, 1.5)
    if dice.uniform() < .5:
        s, w = dice.uniform(-deep, deep) * .5, dice.uniform(-wide, wide) * .6
        box("chimney", (s - .3, w - .3, tall), (s + .3, w + .3, tall + top + .8), wall)
    if dice.uniform() < .4:
        side, w = dice.choice([-1, 1]), dice.uniform(-wide, wide - 2)
        a, b = sorted((side * deep, side * (deep + 1.6)))
        box("porch", (a, w, 2.3), (b, w + 2.4, 2.5), tiles)
        for x in (w + .1, w + 2.2):
            disc((side * (deep + 1.4), x, 1.15), dice.uniform(.05, .15), 1.15, 2, frame)
    return max(deep, wide), tall + top


def room(dice):
    """A furnished room around the camera: returns a negative radius, the half side within which a camera may stand."""
    half, tall = dice.uniform(2.2, 4), dice.uniform(2.4, 3.2)
    wall = surface(dice, "wallpaper") if dice.uniform() < .3 else simple("wall", colour(dice, .3, .8, .08), Roughness=.9)
    floor = mottled("boards", colour(dice, .05, .3, .25), colour(dice, .2, .6, .25), 3, dice, dice.uniform(.1, .8))
    box("floor", (-half, -half, -.05), (half, half, .01), floor)
    box("ceiling", (-half, -half, tall), (half, half, tall + .1), glowing(dice, .3, 1.4))
    frame = simple("frame", colour(dice, .4, .85, .03), Roughness=.5)
    for turn in range(4):
        made = []
        hole = dice.uniform() < .5
        if hole:
            a, b = sorted(dice.uniform(-half * .8, half * .8, 2))
            b = max(b, a + .8)
            low, top = (dice.uniform(.3, 1), dice.uniform(1.8, 2.2))
            for lo, hi in (((half, -half, 0), (half + .1, a, tall)), ((half, b, 0), (half + .1, half, tall)),
                           ((half, a, 0), (half + .1, b, low)), ((half, a, top), (half + .1, b, tall))):
                made.append(box("wall", lo, hi, wall))
            for w in (a, (a + b) / 2, b):
                made.append(box("frame", (half - .03, w - .03, low), (half + .03, w + .03, top), frame))
        else:
            made.append(box("wall", (half, -half, 0), (half + .1, half, tall), wall))
            for _ in range(int(dice.integers(0, 4))):
                w, h, size = dice.uniform(-half, half) * .8, dice.uniform(1.2, 2), dice.uniform(.15, .5)
                if dice.uniform() < .3:
                    made.append(disc((half - .03, w, h), size * .5, .02, 0, surface(dice)))
                else:
                    low, high = (half - .04, w - size, h - size * .7), (half, w + size, h + size * .7)
                    made.append(box("picture", low, high, surface(dice)))
        for item in made:
            item.rotation_euler = (0, 0, turn * np.pi / 2)
    for spot in dice.uniform(-half * .75, half * .75, (int(dice.integers(3, 9)), 2)):
        before = set(bpy.data.objects)
        made = [chair, table, cupboard, plant, sofa, bed, bath, hanging]
        made[int(dice.choice(8, p=[.15, .15, .17, .08, .1, .15, .15, .05]))](dice)
        for item in set(bpy.data.objects) - before:
            item.location = (item.location[0] + spot[1], item.location[1] - spot[0], item.location[2])
    disc((0, 0, tall - .15), .2, .05, 2, glowing(dice, 4, 15))
    return -half, tall


def body(dice):
    """A person-like, animal-like or abstract body of metaballs, sometimes on a plinth."""
    ball = bpy.data.metaballs.new("body")
    item = bpy.data.objects.new("body", ball)
    bpy.context.scene.collection.objects.link(item)
    ball.resolution = ball.render_resolution = .06
    foot = dice.uniform(.3, 1) if dice.uniform() < .4 else 0
    way = str(dice.choice(["beast", "figure", "lump"], p=[.45, .3, .25]))

    def put(x, y, z, r):
        part = ball.elements.new()
        part.co, part.radius = (x, y, z + foot), r
    if way == "beast":
        size, leg = dice.uniform(.5, 1.6), dice.uniform(.3, .9)
        for t in np.linspace(-1, 1, 7):
            put(0, t * size * .6, leg + .3 * size, .45 * size * dice.uniform(.8, 1.1))
        for x in (-.18, .18):
            for y in (-.55, .55):
                for t in np.linspace(0, 1, 5):
                    put(x * size, y * size, leg * t + .05, .16 * size)
        for t in np.linspace(0, 1, 5):
            put(0, size * (.65 + .35 * t), leg + size * (.4 + .5 * t), .22 * size)
        put(0, size * 1.2, leg + size * .9, .27 * size)
        reach, tall = size * 1.3, leg + size * 1.2
    elif way == "figure":
        tall = dice.uniform(.8, 2.2)
        for t in np.linspace(.5, .8, 5):
            put(0, 0, tall * t, tall * .17)
        put(0, 0, tall * .93, tall * .12)
        for side in (-1, 1):
            lean, lift = dice.uniform(0, .15), dice.uniform(-.3, .3)
            for t in np.linspace(0, 1, 7):
                put(side * tall * (.05 + lean * (1 - t)), 0, tall * .5 * t, tall * .085)
                put(side * tall * (.1 + .2 * t), tall * .1 * t, tall * (.76 + lift * t), tall * .065)
        reach = tall * .4
    else:
        reach = dice.uniform(.3, 1.2)
        for spot in dice.normal(size=(12, 3)) * reach * .35:
            put(spot[0], spot[1], abs(spot[2]) + reach * .4, reach * dice.uniform(.25, .6))
        tall = reach * 1.6
    item.data.materials.append(surface(dice, "body"))
    if foot:
        half = min(reach, .6)
        box("plinth", (-half, -half, 0), (half, half, foot), masonry("plinth", dice), .02)
    return reach, tall + foot


def plant(dice):
    """A tree, bush or pot plant of rough balls."""
    base = np.array([.05, .1, .025]) * dice.uniform(.5, 2) * dice.uniform(.6, 1.4, 3)
    leaf = mottled("leaf", tuple(base * .15), tuple(np.clip(base * 2.2, 0, .9)), dice.uniform(5, 20), dice, .8, 8, .8)
    stem, reach = (dice.uniform(.2, 2.2), dice.uniform(.3, 1.6))
    if dice.uniform() < .35:
        disc((0, 0, .2), dice.uniform(.15, .35), .2, 2, surface(dice, "pot"))
        reach *= .4
        stem = min(stem, .7)
    disc((0, 0, stem / 2), .04 + .05 * reach, stem / 2 + .1, 2, mottled("bark", (.02, .015, .01), (.14, .1, .07), 8, dice))
    for spot in dice.normal(size=(int(dice.integers(3, 12)), 3)) * reach * .4:
        bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=4, radius=reach * dice.uniform(.35, .7))
        item = bpy.context.object
        rough = np.array([vertex.co[:] for vertex in item.data.vertices])
        rough = rough * (1 + .17 * dice.normal(size=(len(rough), 1)))
        item.data.vertices.foreach_set("co", rough.ravel())
        item.location = (spot[0], spot[1], spot[2] + stem + reach * .6)
        item.data.materials.append(leaf)
    return reach, stem + 1.6 * reach


def sign(dice):
    """A sign, board, screen or pillar."""
    post, face = surface(dice, "post"), surface(dice, "face")
    tall, size = dice.uniform(1, 3), dice.uniform(.25, 1.2)
    if dice.uniform() < .3:
        disc((0, 0, tall / 2), dice.uniform(.1, .5), tall / 2, 2, masonry("pillar", dice))
        disc((0, 0, tall), .55, .1, 2, post)
        return .6, tall
    box("post", (-.04, -.04, 0), (.04, .04, tall), post)
    if dice.uniform() < .4:
        disc((.06, 0, tall), size * .6, .02, 0, face)
        disc((.065, 0, tall), size * .5, .02, 0, surface(dice))
    else:
        box("board", (.03, -size, tall - size * .5), (.08, size, tall + size * .5), face, .01)
        for k in range(int(dice.integers(1, 5))):
            h = tall + size * (.35 - .2 * k)
            box("line", (.08, -size * .8, h - .03), (.085, size * dice.uniform(-.3, .8), h + .03), surface(dice))
    return size, tall + size


def machine(dice):
    """A machine: boxes with drums, fans, dials, pipes and rings."""
    a, b, high = dice.uniform(.2, .9), dice.uniform(.3, 1.3), dice.uniform(.4, 1.6)
    box("case", (-a, -b, dice.uniform(0, .3)), (a, b, high), surface(dice, "case"), dice.uniform(.01, .08))
    for _ in range(int(dice.integers(2, 8))):
        axis = int(dice.integers(0, 3))
        r = dice.uniform(.08, .42) * min(1, high)
        centre = np.array([dice.uniform(-a, a), dice.uniform(-b, b), dice.uniform(r, high)])
        centre[axis] = dice.choice([-1, 1]) * (a, b)[axis] if axis < 2 else high
        disc(centre, r, dice.uniform(.02, .15), axis, surface(dice), hollow=float(dice.choice([0, .5, .8])))
        if dice.uniform() < .5:
            disc(centre, r * .4, .16, axis, surface(dice))
    return max(a, b), high


def barrels(dice):
    """Barrels, pipes and tanks, standing or lying."""
    for _ in range(int(dice.integers(1, 5))):
        r, half, axis = dice.uniform(.15, .6), dice.uniform(.2, 1.2), int(dice.choice([0, 1, 2]))
        skin, s, w = surface(dice), dice.uniform(-.8, .8), dice.uniform(-.8, .8)
        high = half if axis == 2 else r
        disc((s, w, high), r, half, axis, skin, hollow=float(dice.choice([0, .8])))
        for t in (-.6, .6):
            centre = np.array([s, w, high])
            centre[axis] += t * half
            disc(centre, r * 1.03, .02, axis, surface(dice))
    return 1.2, 1.2


def nothing(dice):
    return dice.uniform(1, 4), dice.uniform(.5, 2)


KINDS = {house: .26, room: .3, bed: .05, bath: .06, hanging: .02, body: .09, machine: .06, cupboard: .04, chair: .03,
         table: .03, sofa: .02, plant: .04, sign: .03, barrels: .02, nothing: .05}
