"""Places of many kinds, cheap to render: streets, woods, fields, halls, yards, with their ground, sky and backdrop."""
import bpy
import numpy as np

from carscene.materials import Tree, simple
from carscene.shapes import add_mesh, box, to_blender
import scenes

KINDS = {"street": .3, "wood": .16, "yard": .16, "field": .12, "hall": .14, "shops": .12}
FAR = 60.0


def colour(dice, low=.03, high=.75, tint=.15):
    return tuple(np.clip(dice.uniform(low, high) * np.exp(dice.normal(size=3) * tint), .004, .88))


def mottled(name, low, high, scale, dice, rough=.8, detail=5, bump=0.0):
    """A surface between two colours, spotted by noise."""
    material = bpy.data.materials.new(name)
    tree = Tree(material)
    where = tree.add("NewGeometry").outputs["Position"]
    tone = tree.noise(scale, detail, .65, where)
    inputs = {"Normal": tree.add("Bump", None, Strength=bump, Distance=.05, Height=tone).outputs[0]} if bump else {}
    tree.finish(tree.principled(tree.ramp(tone, low, high, .3, .7), Roughness=rough, **inputs))
    return material


def masonry(name, dice):
    """Bricks, blocks, boards or plaster on upright walls."""
    material = bpy.data.materials.new(name)
    tree = Tree(material)
    where = tree.add("NewGeometry").outputs["Position"]
    way = str(dice.choice(["brick", "block", "board", "plaster", "tin"], p=[.3, .15, .15, .3, .1]))
    base = np.array({"brick": (.32, .13, .08), "board": (.28, .19, .11)}.get(way, colour(dice, .1, .8, .12)))
    base = np.clip(base * dice.uniform(.5, 1.5) * dice.uniform(.85, 1.15, 3), .005, .88)
    high = tuple(np.clip(base * 1.15, 0, .9))
    tone = tree.ramp(tree.noise(dice.uniform(.3, 5), 5, .6, where), tuple(base * .75), high, .3, .7)
    if way != "plaster":
        size = {"brick": (.24, .08), "block": (dice.uniform(.4, 1.2), dice.uniform(.2, .6)), "board": (9, dice.uniform(.1, .25)),
                "tin": (dice.uniform(.1, .3), 50)}[way]
        sides = tree.add("SeparateXYZ", None, Vector=where)
        along = tree.math("ADD", sides.outputs["X"], sides.outputs["Y"])
        flat = tree.add("CombineXYZ", None, X=along, Y=sides.outputs["Z"], Z=0.0).outputs[0]
        bricks = tree.add("TexBrick", None, Vector=flat, Scale=1.0, Brick_Width=size[0], Row_Height=size[1],
                          Mortar_Size=.008 if way == "brick" else .015, Color1=(1, 1, 1, 1),
                          Color2=(*([dice.uniform(.55, .95)] * 3), 1), Mortar=(*([dice.uniform(.3, 1)] * 3), 1)).outputs["Color"]
        tone = tree.add("MixRGB", {"blend_type": "MULTIPLY"}, Fac=1.0, Color1=tone, Color2=bricks).outputs[0]
    tree.finish(tree.principled(tone, Roughness=dice.uniform(.4, .95)))
    return material


def ground(dice):
    """One of the grounds of `scenes`, as far as one sees; wet, snowy or paved in patterns."""
    corners = [(-FAR, -FAR, 0), (FAR, -FAR, 0), (FAR, FAR, 0), (-FAR, FAR, 0)]
    add_mesh("ground", to_blender(corners), [(0, 1, 2, 3)], bpy.data.materials.new("asphalt"))
    scenes.repave(dice)
    if dice.uniform() < .3:
        line = simple("stripe", colour(dice, .5, .8, .05), Roughness=.7)
        turn, away = dice.uniform(0, 6.28), dice.uniform(1.2, 3)
        for k in range(-2, 3):
            item = box("stripe", (-6, k * away * 1.3 - .06, -.01), (6, k * away * 1.3 + .06, .003), line)
            item.rotation_euler = (0, 0, turn)


def windows(low, high, near, dice, turn=None):
    """Rows of windows, doors and shop fronts on the side of a wall that faces the middle."""
    frame = simple("frame", colour(dice, .02, .8, .05), Roughness=.5)
    glass = simple("window", colour(dice, .01, .15, .3), Roughness=dice.uniform(.02, .15), Metallic=dice.uniform(0, .9))
    wide, tall, step = dice.uniform(.7, 2.4), dice.uniform(.9, 2.2), dice.uniform(1.8, 4.5)
    base, made = dice.uniform(.2, 1.2), []
    for floor in np.arange(0, max(high[2] - 2.2, .5), 3.0):
        for w in np.arange(low[1] + 1, high[1] - wide - .5, max(step, wide + .3)):
            sill, top = floor + base, min(floor + base + tall, high[2] - .15)
            if floor == 0 and dice.uniform() < .15:
                sill = .02
            if top - sill < .4:
                continue
            made.append(box("window frame", (near - .08, w - .08, sill - .08), (near + .05, w + wide + .08, top + .08), frame))
            made.append(box("window", (near - .1, w, sill), (near, w + wide, top), glass))
            if dice.uniform() < .6:
                made.append(box("bar", (near - .12, w + wide / 2 - .03, sill), (near, w + wide / 2 + .03, top), frame))
    return made


def _turned(items, turn):
    for item in items:
        item.rotation_euler = (0, 0, turn)


def facade(dice, away, turn, fronts=False):
    """A wall of houses at a distance; its upper edge may be seen."""
    left = -30.0
    while left < 30:
        wide, tall = dice.uniform(5, 18), dice.uniform(2.5, 9)
        low, high = (away, left, -.2), (away + 5, left + wide, tall)
        made = [box("house", low, high, masonry("masonry", dice), .02)]
        if dice.uniform() < .8:
            made += windows(low, high, away, dice)
        if fronts and dice.uniform() < .7:
            glass = simple("shop window", (.02, .025, .03), Roughness=.03, Metallic=.6)
            made.append(box("shop window", (away - .06, left + .4, .3), (away + .1, left + wide - .4, 2.4), glass))
            made.append(box("fascia", (away - .2, left + .2, 2.5), (away + .1, left + wide - .2, 3.1),
                            simple("fascia", colour(dice, .05, .6, .7), Roughness=.5)))
        if dice.uniform() < .5:
            made.append(box("roof", (away - .4, left - .2, tall), (away + 5, left + wide + .2, tall + dice.uniform(.15, .6)),
                            mottled("tiles", *sorted([colour(dice, .03, .2), colour(dice, .1, .35)]), 6, dice)))
        _turned(made, turn)
        left += wide + (dice.uniform(0, 4) if dice.uniform() < .4 else 0)


def thicket(dice, away, turn):
    """Woods or a hedge: rough lumps of leaf colours, trunks before them."""
    base = np.array([.05, .09, .025]) * dice.uniform(.4, 1.6) * dice.uniform(.7, 1.3, 3)
    if dice.uniform() < .2:
        base = np.array([.25, .13, .03]) * dice.uniform(.5, 1.2)
    leaf = mottled("leaves", tuple(base * .15), tuple(np.clip(base * 2.2, 0, .9)), dice.uniform(4, 14), dice, .9, 8, .8)
    bark = mottled("bark", (.02, .015, .01), (.14, .11, .08), 6, dice)
    for k in np.arange(-28, 28, dice.uniform(1.2, 2.5)):
        r = dice.uniform(1.0, 2.6)
        bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=4, radius=r)
        item = bpy.context.object
        rough = np.array([vertex.co[:] for vertex in item.data.vertices])
        rough = rough * (1 + .14 * dice.normal(size=(len(rough), 1)))
        item.data.vertices.foreach_set("co", (rough * [1, 1, dice.uniform(.7, 1.6)]).ravel())
        item.data.materials.append(leaf)
        s = away + 2 + dice.uniform(0, 3)
        c, n = np.cos(turn), np.sin(turn)
        item.location = (k * c + s * n, k * n - s * c, dice.uniform(0, 3.4))
    trunks = [box("trunk", (away + t, k, -.1), (away + t + w, k + w, 7), bark, .05)
              for k, t, w in zip(dice.uniform(-20, 20, 8), dice.uniform(0, 2, 8), dice.uniform(.12, .5, 8))]
    _turned(trunks, turn)


def clutter(dice, clear):
    """Small things on the ground, outside of a circle: bins, posts, fences, cones, crates, kerbs."""
    for _ in range(int(dice.integers(0, 7))):
        away, turn = dice.uniform(clear, 14), dice.uniform(0, 6.28)
        s, w = away * np.cos(turn), away * np.sin(turn)
        way = str(dice.choice(["crate", "post", "fence", "cone", "bush"]))
        skin = mottled("clutter", colour(dice, .03, .3, .4), colour(dice, .2, .7, .4), 3, dice, dice.uniform(.3, .9))
        if way == "crate":
            a, b, c = dice.uniform(.2, .7, 3)
            item = box(way, (s - a, w - b, 0), (s + a, w + b, 2 * c), skin, .03)
        elif way == "post":
            item = box(way, (s - .05, w - .05, 0), (s + .05, w + .05, dice.uniform(1, 5)), skin, .02)
        elif way == "fence":
            for k in range(12):
                box(way, (s + k * .16, w - .02, 0), (s + k * .16 + .1, w + .02, 1.2), skin)
            continue
        else:
            bpy.ops.mesh.primitive_cone_add(radius1=.2, radius2=.02, depth=.6, location=(w, -s, .3)) if way == "cone" else \
                bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=3, radius=dice.uniform(.3, .9), location=(w, -s, .3))
            bpy.context.object.data.materials.append(skin)


def glowing(dice, low, high):
    """A lamp, or a ceiling that stands for the light of many."""
    material = bpy.data.materials.new("lamp")
    tree = Tree(material)
    tree.finish(tree.glow(tuple(dice.uniform(.85, 1, 3)), dice.uniform(low, high)))
    return material


def hall(dice):
    """A showroom, garage or car park: floor, walls, ceiling with lamps."""
    half, tall = dice.uniform(7.5, 12), dice.uniform(4.6, 6)
    skin = masonry("hall wall", dice)
    for turn in range(4):
        low, high = (half, -half - .2, -.1), (half + .3, half + .2, tall)
        made = [box("hall wall", low, high, skin)]
        if dice.uniform() < .4:
            made += windows(low, high, half, dice)
        _turned(made, turn * np.pi / 2)
    box("ceiling", (-half, -half, tall), (half, half, tall + .2), glowing(dice, .4, 1.6))
    lamp = glowing(dice, 4, 9)
    for s in np.arange(-half + 1.5, half - 1, dice.uniform(2, 4)):
        box("tube", (s - .12, -half * .8, tall - .06), (s + .12, half * .8, tall - .03), lamp)
    for _ in range(int(dice.integers(0, 4))):
        s, w = half * .85 * np.sign(dice.normal(size=2))
        box("pillar", (s - .2, w - .2, 0), (s + .2, w + .2, tall), skin, .02)
    return lambda s, w: max(abs(s), abs(w)) > half - .5


def build(dice, clear=3.6):
    """A place round an empty circle; returns what tells whether a camera at (s, w) would be inside of something."""
    kind = str(dice.choice(list(KINDS), p=list(KINDS.values())))
    kind = "field" if kind == "hall" and clear > 4.5 else kind
    ground(dice)
    turn, away = dice.uniform(0, 6.28), dice.uniform(max(3.4, clear), 12)
    scenes.relight(dice)
    if kind == "hall":
        blocked = hall(dice)
        bpy.context.scene.world.node_tree.nodes["Background"].inputs["Strength"].default_value *= .5
        return blocked
    if kind in ("street", "shops"):
        facade(dice, away, turn, kind == "shops")
        if dice.uniform() < .5:
            facade(dice, dice.uniform(12, 20), turn + np.pi * dice.choice([.5, 1, 1.5]))
    elif kind == "wood":
        for extra in (0, *dice.uniform(1, 5.3, int(dice.integers(0, 3)))):
            thicket(dice, away if not extra else dice.uniform(9, 16), turn + extra)
    elif kind == "yard":
        item = box("yard wall", (away, -30, -.1), (away + .3, 30, dice.uniform(.6, 3)), masonry("yard", dice))
        item.rotation_euler = (0, 0, turn)
        if dice.uniform() < .6:
            thicket(dice, away + 3, turn)
        else:
            facade(dice, away + 4, turn)
    if kind == "field" or dice.uniform() < .3:
        hills = mottled("hills", colour(dice, .02, .15), colour(dice, .1, .4), .2, dice)
        for angle in np.arange(0, 6.28, .5):
            bpy.ops.mesh.primitive_uv_sphere_add(radius=dice.uniform(6, 14), location=(
                55 * np.cos(angle), 55 * np.sin(angle), -dice.uniform(2, 7)))
            bpy.context.object.data.materials.append(hills)
    clutter(dice, clear + .8)
    c, n = np.cos(turn), np.sin(turn)
    return lambda s, w: s * c + w * n > away - .5


def open_air(dice):
    """Ground and sky alone, as seen through a room's windows."""
    ground(dice)
    scenes.relight(dice)
    if dice.uniform() < .7:
        thicket(dice, 12, dice.uniform(0, 6.28))
    bpy.context.scene.view_settings.exposure += dice.uniform(.3, 1.5)
    return lambda s, w: False
