"""Many cars out of one: bodies stretched, raised and re-roofed, paints, wheels and fittings chosen by chance."""
import numpy as np

PAINTS = {
    "white": (.72, .72, .71), "black": (.006, .006, .007), "silver": (.42, .43, .44), "grey": (.10, .105, .11),
    "anthracite": (.025, .027, .03), "red": (.30, .006, .01), "blue": (.012, .04, .22), "navy": (.006, .012, .05),
    "green": (.01, .08, .03), "beige": (.42, .36, .27), "brown": (.07, .035, .02), "yellow": (.60, .40, .01),
    "orange": (.55, .13, .01), "turquoise": (.02, .25, .27), "aubergine": (.05, .006, .03),
}
# Weights as cars are sold: most are black, white, grey or silver.
CHANCES = (.18, .17, .13, .12, .08, .07, .07, .04, .03, .03, .02, .02, .02, .01, .01)
WHEEL_PARTS = ("tyre", "rim", "barrel", "backing", "disc", "hub", "cap", "nut", "spokes", "caliper")
BELT = .96
STYLES = {"hatch": .2, "estate": .17, "notch": .17, "tall": .18, "van": .08, "box": .05, "low": .06, "pickup": .05, "city": .04}


def paint(dice):
    """A colour that cars are sold in, never twice quite the same."""
    name = dice.choice(list(PAINTS), p=np.array(CHANCES) / sum(CHANCES))
    return tuple(np.clip(np.array(PAINTS[name]) * dice.uniform(.75, 1.3) * dice.uniform(.9, 1.1, 3), .003, .85))


def _smoothstep(x, low, high):
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


class Shape:
    """A smooth change of (s, w, h): one of several body styles with its own proportions."""

    def __init__(self, dice):
        style = str(dice.choice(list(STYLES), p=np.array(list(STYLES.values())) / sum(STYLES.values())))
        self.style = style
        self.wheelbase = dice.uniform(.84, 1.14) * {"van": 1.1, "box": 1.15, "estate": 1.04, "city": .84,
                                                    "pickup": 1.15}.get(style, 1)
        self.front = dice.uniform(.7, 1.25) * {"van": .8, "box": .8, "city": .75}.get(style, 1)
        self.rear = dice.uniform(.7, 1.2) * {"notch": 1.35, "estate": 1.15, "city": .7}.get(style, 1)
        self.width = dice.uniform(.91, 1.07)
        self.lower = dice.uniform(.92, 1.08) * {"tall": 1.14, "van": 1.15, "box": 1.15, "low": .92, "pickup": 1.15}.get(style, 1)
        self.roof = dice.uniform(.88, 1.12) * {"tall": 1.15, "van": 1.6, "box": 1.5, "low": .82, "city": 1.15}.get(style, 1)
        self.lift = {"tall": dice.uniform(.03, .16), "van": .05, "box": .08, "pickup": dice.uniform(.05, .2),
                     "low": -.03}.get(style, dice.uniform(-.03, .04))
        # The roof's rear end goes back (estate, van) or forth (notchback), its front too.
        self.tail = {"estate": .32, "van": .42, "box": .3, "notch": -.30, "low": -.1, "tall": .18, "city": .2,
                     "pickup": -.95}.get(style, 0) + dice.uniform(-.14, .14)
        self.step = (.98, 1.12) if style == "pickup" else (.93, 1.38)
        self.nose = (.45 if style in ("van", "box") else .15 if style == "city" else 0) + dice.uniform(-.12, .14)
        self.tyre = dice.uniform(.93, 1.1) * {"tall": 1.1, "pickup": 1.14, "van": 1.02}.get(style, 1)
        # Panes up to here, from the front, are panes; those behind are painted, as on delivery vans.
        self.panes = -.45 if style == "box" or style == "van" and dice.uniform() < .5 else -9

    def __call__(self, points):
        """Points of the body where they come to lie."""
        s, w, h = (points[..., k] for k in range(3))
        along = np.clip(s, -1.33, 1.31) * self.wheelbase
        along = along + np.maximum(s - 1.31, 0) * self.front + np.minimum(s + 1.33, 0) * self.rear
        upper = _smoothstep(h, *self.step)
        along = along - upper * self.tail * _smoothstep(s, .1, -1.7) + upper * self.nose * _smoothstep(s, -.3, .6)
        below = np.minimum(h, BELT)
        # Wheel arches stay round: heights change above the axles only.
        high = np.where(below > .7, .7 + (below - .7) * (1 + (self.lower - 1) * BELT / (BELT - .7)), below)
        high = high + np.maximum(h - BELT, 0) * self.roof + self.lift
        return np.stack([along, w * self.width, high], -1)

    def wheel(self, points, axle, side):
        """Points of a wheel: moved with its axle and scaled, never bent."""
        from carscene.wheels import AXLE_HEIGHT, TRACK
        centre = np.array([axle, side * TRACK, AXLE_HEIGHT])
        scaled = (points - centre) * [self.tyre, 1, self.tyre]
        return scaled + [axle * self.wheelbase, side * TRACK * self.width, AXLE_HEIGHT * self.tyre]


def reshape(items, shape):
    """Bend every mesh of the car; empty fittings are left out."""
    from carscene.wheels import AXLES
    for item in items:
        if item.type != "MESH":
            continue
        mesh, matrix = item.data, np.array(item.matrix_world)
        if item.name.startswith("cabin"):
            _close(mesh, shape)
        flat = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", flat)
        world = flat.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
        car = np.stack([-world[:, 1], world[:, 0], world[:, 2]], -1)
        if item.name.split(".")[0] in WHEEL_PARTS:
            middle = (car.min(0) + car.max(0)) / 2
            axle = min(AXLES, key=lambda a: abs(a - middle[0]))
            car = shape.wheel(car, axle, 1 if middle[1] > 0 else -1)
        elif item.name.startswith("well"):
            car = shape(car)
        else:
            car = shape(car)
        world = np.stack([car[:, 1], -car[:, 0], car[:, 2]], -1)
        local = (world - matrix[:3, 3]) @ np.linalg.inv(matrix[:3, :3]).T
        mesh.vertices.foreach_set("co", local.astype(np.float32).ravel())
        mesh.update()


def _close(mesh, shape):
    """Paint over the panes that this body does not have."""
    where = np.array([vertex.co[:] for vertex in mesh.vertices])
    closed = -where[:, 1] < shape.panes
    if shape.style == "pickup":
        closed |= (-where[:, 1] < -.9) & (where[:, 2] < 1.12)
    for key in ("glass", "clear", "chrome"):
        values = np.empty(len(where), np.float32)
        mesh.attributes[key].data.foreach_get("value", values)
        mesh.attributes[key].data.foreach_set("value", np.where(closed, -1, values).astype(np.float32))


def dress(car, paints, dice):
    """Fittings by chance: rims of another finish, without spoiler or aerial, with a long aerial or roof rails."""
    import bpy
    from carscene.trim import loft
    rims = {"alloy": (.62, .63, .65), "dark": (.02, .02, .022), "steel": (.2, .2, .21), "white": (.7, .7, .7)}
    tone = rims[str(dice.choice(list(rims), p=[.55, .25, .12, .08]))]
    node = next(n for n in paints["alloy"].node_tree.nodes if n.type == "BSDF_PRINCIPLED")
    node.inputs["Base Color"].default_value = (*tone, 1)
    node.inputs["Metallic"].default_value = float(dice.uniform(.2, 1))
    gone = [name for name, chance in (("spoiler", .5), ("aerial", .5), ("plate text", 1), ("plate holder", .2))
            if dice.uniform() < chance]
    if "spoiler" in gone:
        gone.append("stop lamp")
    for item in list(car):
        if item.name.split(".")[0] in gone:
            bpy.data.objects.remove(item)
    if dice.uniform() < .25:
        foot, tall, lean = dice.uniform(-1.3, .1), dice.uniform(.15, .7), dice.uniform(.2, .9)
        rings = []
        for t in np.linspace(0, 1, 6):
            angle = np.linspace(0, 6.28, 7)[:-1]
            r = .006 * (1 - .6 * t)
            rings.append([(foot - lean * tall * t + r * np.cos(a), r * np.sin(a), 1.41 + tall * t) for a in angle])
        loft("long aerial", rings, paints["plastic"])
    if dice.uniform() < .3:
        finish = paints[str(dice.choice(["chrome", "plastic", "gloss"]))]
        for side in (1, -1):
            rings = []
            for s in np.linspace(.0, -1.4, 16):
                up = .05 * min(1, (abs(s) + .02) / .12, (1.44 + s) / .12)
                angle = np.linspace(0, 6.28, 9)[:-1]
                rings.append([(s, side * (.52 + .014 * np.cos(a)), 1.40 + up + .014 * np.sin(a)) for a in angle])
            loft("rail", rings, finish)
