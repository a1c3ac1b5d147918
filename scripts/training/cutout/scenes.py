"""Places that a car may stand in: the lot under other suns, other grounds, walls behind, neighbours beside."""
import bpy
import numpy as np

from carscene import lot, materials
from carscene.materials import Tree, simple
from carscene.shapes import box

GROUNDS = {
    # Darkest and lightest of the ramp, scale of the coarse noise, roughness.
    "asphalt": ((.020, .0205, .022), (.098, .101, .106), .35, .82), "wet": ((.010, .010, .011), (.045, .046, .05), .5, .25),
    "concrete": ((.20, .195, .185), (.46, .45, .43), .5, .8), "gravel": ((.10, .09, .075), (.42, .39, .34), 25, .9),
    "earth": ((.06, .04, .025), (.19, .14, .09), 1.2, .95), "grass": ((.012, .03, .006), (.09, .15, .035), 30, .9),
    "sand": ((.35, .27, .17), (.56, .46, .32), 2, .9), "snow": ((.60, .62, .66), (.82, .83, .85), .8, .7),
    "hall": ((.30, .30, .31), (.36, .36, .37), .3, .12), "brick": ((.16, .06, .04), (.32, .16, .11), 8, .8),
}


def _random_name(dice, names, weights):
    weights = np.array(weights, float)
    return str(dice.choice(list(names), p=weights / weights.sum()))


def repave(dice):
    """Another ground, sometimes tiled, sometimes without lines."""
    low, high, scale, roughness = GROUNDS[_random_name(dice, GROUNDS, [30, 8, 16, 8, 4, 6, 3, 3, 6, 6])]
    material = bpy.data.materials["asphalt"]
    tree = Tree(material)
    where = tree.add("NewGeometry").outputs["Position"]
    tone = tree.math("ADD", tree.math("MULTIPLY", tree.noise(scale, 4, .6, where), .55),
                     tree.math("MULTIPLY", tree.noise(60, 5, .8, where), .45))
    gain, tint = dice.uniform(.6, 1.4), dice.uniform(.93, 1.07, 3)
    colour = tree.ramp(tone, *(tuple(np.clip(np.array(c) * gain * tint, 0, .9)) for c in (low, high)), .3, .7)
    if dice.uniform() < .35:
        size = dice.uniform(.6, 3)
        tiles = tree.add("TexBrick", {"offset": float(dice.choice([0, .5]))}, Vector=where, Scale=1.0,
                         Mortar_Size=float(dice.uniform(.01, .03)), Brick_Width=size, Row_Height=size * dice.uniform(.5, 1),
                         Color1=(1, 1, 1, 1), Color2=(.85, .85, .85, 1), Mortar=(.35, .35, .35, 1)).outputs["Color"]
        colour = tree.add("MixRGB", {"blend_type": "MULTIPLY"}, Fac=1.0, Color1=colour, Color2=tiles).outputs[0]
    tree.finish(tree.principled(colour, Roughness=roughness * dice.uniform(.8, 1.1), Specular=.25))
    if dice.uniform() < .4:
        for item in bpy.data.objects:
            if item.name.startswith("line"):
                item.hide_render = True


def relight(dice):
    """Another sun, sky and exposure; sometimes overcast, sometimes a hall's even light."""
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    tree = Tree(world)
    if dice.uniform() < .6:
        sky = tree.add("TexSky", {
            "sky_type": "NISHITA", "sun_elevation": np.radians(dice.uniform(8, 70)),
            "sun_rotation": dice.uniform(0, 6.28), "sun_size": np.radians(dice.uniform(.6, 12)),
            "sun_intensity": dice.uniform(.1, .8), "air_density": dice.uniform(.6, 2.5),
            "dust_density": dice.uniform(.2, 5)}).outputs[0]
        strength = .185
    else:
        grey = dice.uniform(.7, 1.1, 3) * [1, 1, 1.05]
        facing = tree.add("SeparateXYZ", None, Vector=tree.add("TexCoord").outputs["Generated"]).outputs["Z"]
        sky = tree.ramp(facing, tuple(grey * dice.uniform(.5, .9)), tuple(grey), .2, .9)
        strength = dice.uniform(.7, 1.3)
    where = tree.add("TexCoord").outputs["Generated"]
    flat = tree.add("Mapping", None, Vector=where, Scale=(1.6, 1.6, 5.0), Location=tuple(dice.uniform(-9, 9, 3))).outputs[0]
    puffs = tree.math("MULTIPLY", tree.noise(dice.uniform(1, 3), 7, .58, flat), dice.uniform(0, 1.2))
    bright = 7.6 if strength < .2 else 1.2
    cloudy = tree.add("MixRGB", None, Fac=puffs, Color1=sky, Color2=(bright, bright, bright, 1)).outputs[0]
    tree.finish(tree.add("Background", None, Color=cloudy, Strength=strength).outputs[0], "OutputWorld")
    bpy.context.scene.view_settings.exposure = dice.uniform(-.5, .6)
    bpy.context.scene.view_settings.look = str(dice.choice(
        ["None", "Medium Contrast", "Medium High Contrast", "High Contrast"]))


def wall_off(dice):
    """A wall or a hall's backdrop close behind the car, plain or patterned; returns what tells whether a spot is behind it."""
    material = bpy.data.materials.new("backwall")
    tree = Tree(material)
    where = tree.add("NewGeometry").outputs["Position"]
    base = dice.uniform(.03, .8) * dice.uniform(.8, 1.2, 3)
    colour = tree.ramp(tree.noise(dice.uniform(.3, 8), 5, .6, where), tuple(np.clip(base * .7, 0, 1)),
                       tuple(np.clip(base * 1.2, 0, 1)), .3, .7)
    if dice.uniform() < .5:
        size = dice.uniform(.2, 2)
        turned = tree.add("Mapping", None, Vector=where, Rotation=(np.pi / 2, 0, 0)).outputs[0]
        bricks = tree.add("TexBrick", None, Vector=turned, Scale=1.0, Brick_Width=size, Row_Height=size / 2.2,
                          Mortar_Size=.02, Color1=(1, 1, 1, 1), Color2=(.7, .7, .7, 1), Mortar=(.4, .4, .4, 1))
        colour = tree.add("MixRGB", {"blend_type": "MULTIPLY"}, Fac=1.0, Color1=colour,
                          Color2=bricks.outputs["Color"]).outputs[0]
    tree.finish(tree.principled(colour, Roughness=dice.uniform(.2, .9)))
    turn, away = dice.uniform(0, 6.28), dice.uniform(3.2, 8)
    item = box("backwall", (away, -30, -1), (away + .4, 30, dice.uniform(1.0, 6)), material, .02)
    item.rotation_euler = (0, 0, turn)
    return lambda s, w: w * np.sin(turn) + s * np.cos(turn) > away - .4


def turn_world(keep, angle):
    """Everything but the car turned about it."""
    from mathutils import Matrix
    bpy.context.view_layer.update()
    turn = Matrix.Rotation(angle, 4, "Z")
    for item in bpy.data.objects:
        if item not in keep and item.type != "CAMERA":
            item.matrix_world = turn @ item.matrix_world


def neighbours(car, dice, paint):
    """Parked cars beside and behind, as on a dealer's lot; returns where they stand, as (s, w)."""
    places = []
    for side in (-1, 1):
        if dice.uniform() < .5:
            places.append((dice.uniform(-.8, .8), side * dice.uniform(2.5, 4.2), float(dice.choice([0, 180]))))
    for _ in range(int(dice.integers(0, 4))):
        angle, away = dice.uniform(0, 6.28), dice.uniform(5.6, 12)
        places.append((away * np.cos(angle), away * np.sin(angle), dice.uniform(0, 360)))
    for place in places:
        lot.park(car, paint(dice), *place)
    return [place[:2] for place in places]


__all__ = ["repave", "relight", "wall_off", "turn_world", "neighbours", "materials", "simple"]
