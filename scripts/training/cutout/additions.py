"""What people put on cars and what makers build otherwise: panes and cabins, rims, beds, boxes, spare wheels."""
import bpy
import numpy as np

from carscene import materials, wheels
from carscene.shapes import box, revolve
from carscene.trim import blob, loft

# How much light the front and the rear panes let through, and how often.
PANES = {"clear": ((.80, .97), (.80, .97)), "light": ((.62, .85), (.5, .8)), "rear": ((.6, .9), (.04, .25)),
         "dark": ((.3, .45), (.08, .2))}
CABINS = {"black": (.03, .05), "grey": (.10, .25), "beige": (.30, .5), "light": (.5, .75)}


def panes(paints, dice):
    """Panes from untinted to dark, with reflections from faint to strong; the lining and seats in another tone."""
    kind = PANES[str(dice.choice(list(PANES), p=[.45, .25, .18, .12]))]
    hue = 1 + dice.normal(size=3) * .025
    nodes = paints["cabin"].node_tree.nodes
    ramp = next(n for n in nodes if n.type == "VALTORGB" and any(
        link.to_node.type == "BSDF_TRANSPARENT" for link in n.outputs[0].links))
    for element, (low, high) in zip(ramp.color_ramp.elements, kind):
        element.color = (*np.clip(dice.uniform(low, high) * hue, 0, 1), 1)
    next(n for n in nodes if n.type == "FRESNEL").inputs["IOR"].default_value = dice.uniform(1.3, 1.9)
    head, seats = (dice.uniform(*CABINS[str(dice.choice(list(CABINS), p=p))])
                   for p in ([.25, .3, .2, .25], [.55, .25, .15, .05]))
    for node in nodes:
        if node.type == "BSDF_PRINCIPLED" and abs(node.inputs["Roughness"].default_value - .9) < .01:
            node.inputs["Base Color"].default_value = (head, head * .97, head * .92, 1)
    paints["seat"] = materials.simple("seat", tuple(seats * dice.uniform(.8, 1.1, 3)), Roughness=.8)


def finish(paints, dice):
    """Metallic or plain paint; sometimes a roof of another colour."""
    metallic, rough = (dice.uniform(.3, 1), dice.uniform(.2, .45)) if dice.uniform() < .6 else (0, dice.uniform(.1, .5))
    for name in ("body", "cabin", "paint"):
        for node in paints[name].node_tree.nodes:
            if node.type == "BSDF_PRINCIPLED" and abs(node.inputs["Metallic"].default_value - .7) < .01:
                node.inputs["Metallic"].default_value, node.inputs["Roughness"].default_value = metallic, rough


def rims(dice):
    """Three to twelve spokes; returns whether the wheels get plain discs instead."""
    wheels.SPOKES = int(dice.choice([3, 4, 5, 6, 7, 9, 12], p=[.08, .08, .34, .15, .15, .12, .08]))
    return dice.uniform() < .25


def plain_wheels(paints, dice):
    """Steel wheels or wheel covers in the place of spokes."""
    for item in list(bpy.data.objects):
        if item.name.split(".")[0] in ("spokes", "nut"):
            bpy.data.objects.remove(item)
    tone = dice.choice([.03, .2, .55])
    material = materials.simple("cover", (tone, tone, tone), Metallic=float(dice.uniform(0, .8)), Roughness=.4)
    dome = dice.uniform(-.03, .02)
    for axle in wheels.AXLES:
        for side in (1, -1):
            centre = (axle, side * wheels.TRACK, wheels.AXLE_HEIGHT)
            profile = [(.068, .222), (.062, .2), (.075 + dome, .15), (.072 + dome, .12),
                       (.07 + dome, .05), (.085, .04), (.086, 0)]
            revolve("spokes", profile, material, centre, steps=48)


def _reach(car):
    """Corners (s, w, h) of the body's box, and a function that gives the roof's height at s."""
    points = []
    for item in car:
        if item.type == "MESH" and item.name.split(".")[0] in ("cabin", "shell"):
            world = np.array([item.matrix_world @ vertex.co for vertex in item.data.vertices])
            points.append(np.stack([-world[:, 1], world[:, 0], world[:, 2]], -1))
    points = np.concatenate(points)

    def roof(s):
        near = points[np.abs(points[:, 0] - s) < .12]
        return near[:, 2].max() if len(near) else points[:, 2].max()
    return points.min(0), points.max(0), roof


def build(car, paints, shape, dice):
    """Additions to a finished body; new objects are part of the car."""
    low, high, roof = _reach(car)
    plain = materials.simple("fitting", tuple(dice.uniform(.01, .1) * np.ones(3)), Roughness=.5)
    bright = materials.simple("bright", (.7, .7, .7), Metallic=1.0, Roughness=.2)
    if shape.style == "box":
        tone = dice.uniform(.6, .85) if dice.uniform() < .7 else dice.uniform(.1, .5)
        hue = tuple(np.clip(tone * dice.uniform(.7, 1.1, 3), 0, .88))
        skin = materials.simple("box body", hue, Roughness=dice.uniform(.2, .6))
        half = high[1] * dice.uniform(.95, 1.1)
        box("box body", (low[0] - dice.uniform(0, .6), -half, dice.uniform(.55, .8)),
            (dice.uniform(-.35, -.1), half, high[2] + dice.uniform(-.1, .7)), skin, dice.uniform(.01, .06))
    if shape.style == "pickup":
        _bed(low, high, paints, plain, dice)
    if dice.uniform() < .12:
        lid = roof(-.5)
        blob("roof box", (-.6, dice.uniform(-.15, .15), lid + .24), (dice.uniform(.6, 1), dice.uniform(.3, .45), .19),
             plain if dice.uniform() < .6 else bright, 4)
        for s in (-.2, -.95):
            box("bar", (s - .03, -.55, roof(s) - .03), (s + .03, .55, roof(s) + .07), plain)
    elif dice.uniform() < .12:
        for s in (-.1, -.95):
            box("bar", (s - .03, -.62, roof(s) + .03), (s + .03, .62, roof(s) + .07), bright, .01)
            for w in (-.55, .55):
                box("foot", (s - .03, w - .03, roof(s) - .1), (s + .03, w + .03, roof(s) + .06), plain)
    if shape.style in ("tall", "van", "pickup") and dice.uniform() < .3:
        _spare(low, paints, dice)
    if dice.uniform() < .12 or shape.style in ("box", "van"):
        for side in (1, -1):
            spot = (.55 * shape.wheelbase, high[1] + dice.uniform(.0, .1), 1.15 + shape.lift + dice.uniform(0, .12))
            blob("big mirror", spot, (.06, .1, dice.uniform(.12, .2)), plain, 4, side=side)
    if dice.uniform() < .08:
        s = low[0] + .1
        box("wing", (s - .1, -.75, high[2] * .78), (s + .12, .75, high[2] * .78 + .03), paints["paint"], .01)
        for w in (-.5, .5):
            box("wing foot", (s - .03, w - .015, .9), (s + .05, w + .015, high[2] * .78 + .01), plain)
    if dice.uniform() < .07:
        rings = [[(-1.2 + .02 * np.cos(a), .3 + .02 * np.sin(a), roof(-1.2) - .03 + t) for a in np.linspace(0, 5.2, 6)]
                 for t in (0, dice.uniform(.3, 1.1))]
        loft("mast", rings, plain)
    if dice.uniform() < .06:
        box("taxi sign", (-.35, -.25, roof(-.3) - .02), (-.2, .25, roof(-.3) + .13),
            materials.simple("sign", (.8, .6, .05), Roughness=.4), .03)


def _bed(low, high, paints, plain, dice):
    """A pickup's bed: walls over the deck, sometimes a bar or a load."""
    start, top = -.95, 1.12 + dice.uniform(.02, .2)
    for side in (1, -1):
        a, b = sorted((side * (high[1] - .16), side * (high[1] - .07)))
        box("bed wall", (low[0] + .12, a, .9), (start, b, top), paints["paint"], .02)
    box("tailgate", (low[0] + .06, -high[1] + .16, .9), (low[0] + .14, high[1] - .16, top), paints["paint"], .02)
    if dice.uniform() < .5:
        for side in (1, -1):
            rings = [[(start + .15 - .5 * t + .03 * np.cos(a), side * (.6 - .03 * t) + .03 * np.sin(a), top + .35 - .4 * t)
                      for a in np.linspace(0, 5.2, 6)] for t in (0, 1)]
            loft("bed bar", rings, plain)
        box("bed hoop", (start + .12, -.6, top + .32), (start + .18, .6, top + .38), plain, .01)
    for _ in range(int(dice.integers(0, 4))):
        s, w = dice.uniform(low[0] + .3, start - .2), dice.uniform(-.5, .5)
        box("load", (s - .25, w - .2, 1.0), (s + .2, w + .2, top + dice.uniform(-.1, .3)),
            materials.simple("load", tuple(dice.uniform(.05, .6, 3)), Roughness=.8), .02)


def _spare(low, paints, dice):
    centre = np.array([low[0] - .03, dice.uniform(-.3, .3), dice.uniform(.85, 1.0)])
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    rings = [[(centre[0] - s, centre[1] + r * np.cos(a), centre[2] + r * np.sin(a)) for a in angle]
             for s, r in ((-.1, .27), (-.1, .31), (-.03, .33), (.06, .32), (.1, .28), (.1, .2))]
    covered = dice.uniform() < .5
    loft("spare", rings, paints["gloss" if covered else "rubber"])
    if not covered:
        loft("spare rim", [[(centre[0] - s, centre[1] + r * np.cos(a), centre[2] + r * np.sin(a)) for a in angle]
                           for s, r in ((.08, .2), (.102, .19), (.08, .08))], paints["alloy"])
