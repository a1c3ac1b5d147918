"""Vehicles of the meshes folder, painted, on wheels, and rendered with exact alpha for a place's light."""
import dataclasses
import functools
import io
import json
import struct

import numpy as np
from PIL import Image

import mesh
import raster

SIZE, FINER = (1200, 900), 3
SKY = raster.hemisphere(32)
PAINTS = {"white": (.86, .86, .84), "silver": (.48, .49, .50), "black": (.012, .012, .014), "red": (.42, .015, .02),
          "blue": (.02, .06, .30), "green": (.03, .14, .06), "yellow": (.75, .50, .03), "grey": (.09, .095, .10)}
# What a surface is, its colour (linear) and how much it mirrors straight on.
SURFACES = {"paint": (None, .05), "black": ((.01, .01, .01), .03), "tyre": ((.012, .012, .013), .015),
            "rim": ((.55, .55, .56), .35), "disc": (None, .25), "chrome": ((.6, .6, .6), .6), "red": ((.45, .01, .01), .08),
            "amber": ((.8, .25, .01), .08), "lamp": ((.75, .75, .72), .15), "white": ((.7, .7, .7), .04),
            "glass": ((.01, .012, .012), .08), "texture": (None, .05)}


@dataclasses.dataclass(frozen=True, eq=False)
class Vehicle:
    """A mesh file and what to make of it: sizes in metres, in the car's frame (x left, y up, z forwards)."""
    name: str
    file: str
    surfaces: dict
    wheels: tuple = ()  # half track, front axle z, rear axle z, radius, width
    lift: float = 0


RACER = {"BodyPaint": "paint", "BodyPaint_Accent": "black", "Glass": "glass", "BrakeLight": "red", "HeadLight": "lamp",
         "Black": "black", "Undercarriage": "black", "TurnSignal": "amber", "Chrome": "chrome", "License": "white",
         "BrakeLight.001": "red"}
TRUCK = {"wheels": "texture", "truck": "texture", "glass": "glass", "window_trim": "chrome"}
VEHICLES = [
    Vehicle("racecar", "pmndrs_racecar/chassis-draco.glb", RACER, (.80, 1.42, -1.30, .34, .26), .50),
    Vehicle("truck", "CesiumMilkTruck/glTF-Binary/CesiumMilkTruck.glb", TRUCK),
    Vehicle("acura", "torcs_cars/acura-nsx-sz/acura-nsx-sz.acc", {}, (.80, 1.45, -1.35, .34, .24), .12),
    Vehicle("buggy", "torcs_cars/baja-bug/baja-bug.acc", {}, (.80, 1.30, -1.15, .38, .28), .25),
    Vehicle("coupe", "torcs_cars/car1-trb1/car1-trb1.acc", {}, (.86, 1.35, -1.45, .33, .24), .10),
]


@functools.cache
def body(data, vehicle):
    """The mesh of a vehicle on its wheels, and its texture or None."""
    path = data / "F_meshes" / vehicle.file
    found = (mesh.read_ac if path.suffix == ".acc" else mesh.read_glb)(path)
    parts = [found.placed(np.eye(3), (0, vehicle.lift, 0))]
    if vehicle.wheels:
        track, front, rear, radius, width = vehicle.wheels
        for side in (1, -1):
            for z in (front, rear):
                flip = np.diag([side, 1, side])
                parts.append(mesh.wheel(radius, width).placed(flip, (side * track, radius, z)))
    whole = mesh.joined(parts)
    low = whole.points[..., 1].min()
    return whole.placed(np.eye(3), (0, -low, 0)), texture(path)


def texture(path):
    """RGBA of the livery beside an AC3D file or of the first image within a glTF, or None."""
    if path.suffix == ".acc":
        return np.asarray(Image.open(path.with_suffix(".png")).convert("RGBA"), np.float32) / 255
    data = path.read_bytes()
    length = struct.unpack("<I", data[12:16])[0]
    tree = json.loads(data[20:20 + length])
    if "images" not in tree:
        return None
    view = tree["bufferViews"][tree["images"][0]["bufferView"]]
    start = 28 + length + view.get("byteOffset", 0)
    image = Image.open(io.BytesIO(data[start:start + view["byteLength"]]))
    return np.asarray(image.convert("RGBA"), np.float32)[::-1] / 255  # glTF counts rows from the top


@dataclasses.dataclass
class Shot:
    """A rendered view: premultiplied linear colour, alpha, what the panes let through, wheels, the ground's light."""
    colour: np.ndarray
    alpha: np.ndarray
    through: np.ndarray
    wheels: list
    ground: np.ndarray


def camera(azimuth, height, distance, focal, row=500):
    """Rows right, down, forwards; the eye; pixels a unit of slope; the row of the optical axis."""
    eye = np.array([distance * np.sin(azimuth), height, distance * np.cos(azimuth)])
    ahead = np.array([0, .55, 0]) - eye
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 1, 0])
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(ahead, right), ahead]), eye, focal, row


def project(points, view, finer=FINER):
    """Screen corners x, y (samples) and 1/depth."""
    rows, eye, focal, row = view
    local = (points - eye) @ rows.T
    scale = focal * finer / local[..., 2]
    return np.stack([local[..., 0] * scale + SIZE[0] * finer / 2 - .5,
                     local[..., 1] * scale + row * finer - .5, 1 / local[..., 2]], -1)


def linear(colour):
    """From sRGB, nearly."""
    return np.asarray(colour, np.float32) ** 2.2


def render(data, vehicle, paint, view, light, sun):
    """A view of a vehicle; `light(directions)` is the place's colour, `sun` the direction and colour of its sun or None."""
    whole, livery = body(data, vehicle)
    livery = None if livery is None else painted(livery, paint)
    kinds = np.array([kind_of(vehicle, name) for name in whole.names])
    width, height = SIZE[0] * FINER, SIZE[1] * FINER
    screen = project(whole.points, view)
    solid, panes = kinds != "glass", kinds == "glass"
    extent = float(np.abs(whole.points).max() * 1.25)
    shades = [(*raster.shadow_maps(whole.points[solid], SKY, extent), SKY, extent)]
    if sun is not None:
        disc = sun_disc(sun[0])
        shades.append((*raster.shadow_maps(whole.points[solid], disc, extent, 1024), disc, extent))

    def layer(which):
        triangles = np.flatnonzero(which)
        owner, depth, weights = raster.fill(np.ascontiguousarray(screen[triangles]), width, height)
        at = np.flatnonzero(owner.ravel() >= 0)
        t, w = triangles[owner.ravel()[at]], weights.reshape(-1, 2)[at]
        w = np.concatenate([w, 1 - w.sum(1, keepdims=True)], 1)[..., None].astype(np.float32)
        return at, t, w, depth.ravel()

    colour, alpha = np.zeros((height * width, 3), np.float32), np.zeros(height * width, np.float32)
    through, rubber = np.zeros(height * width, np.float32), np.zeros(height * width, bool)
    at, t, w, depth = layer(solid)
    colour[at], alpha[at] = shade(whole, livery, kinds, t, w, view, light, sun, shades, paint), 1
    solid_depth = depth
    rubber[at] = np.char.startswith(whole.names[t].astype(str), "wheel")
    if panes.any():
        at, t, w, depth = layer(panes)
        front = depth[at] > solid_depth[at]
        at, t, w = at[front], t[front], w[front]
        colour[at] = colour[at] * .45 + shade(whole, livery, kinds, t, w, view, light, sun, shades, paint)
        through[at] = np.where(alpha[at] > 0, 0, .45)
        alpha[at] = 1
    return Shot(smaller(colour.reshape(height, width, 3)), smaller(alpha.reshape(height, width)),
                smaller(through.reshape(height, width)), wheel_boxes(whole, view, rubber.reshape(height, width)),
                ground_light(view, shades))


def kind_of(vehicle, name):
    """What a triangle's surface is; the panes of the AC3D files are called WI..."""
    if name.startswith("wheel "):
        return name.split()[1]
    if name.startswith("WI") and name != "WIPER_s_5":
        return "glass"
    return vehicle.surfaces.get(name, "texture")


def shade(whole, livery, kinds, t, w, view, light, sun, shades, paint):
    """Colour of samples: sky, sun and what the surface mirrors."""
    points = (whole.points[t].astype(np.float32) * w).sum(1)
    normals = (whole.normals[t].astype(np.float32) * w).sum(1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    uv = (whole.uv[t].astype(np.float32) * w).sum(1)
    sight = points - view[1].astype(np.float32)
    sight /= np.linalg.norm(sight, axis=1, keepdims=True)
    facing = (normals * sight).sum(1, keepdims=True)
    normals = np.where(facing > 0, -normals, normals)
    base, mirror = base_colour(livery, kinds[t], uv, paint)
    open_ = raster.seen(points, normals, *shades[0], .05)[:, None]
    up = normals[:, 1:2] * .5 + .5
    ambient = light(np.array([[0, 1, 0]], np.float32)) * up * open_ + light(np.array([[0, -1, 0]], np.float32)) * (1 - up) * (.25 + .5 * open_)
    lit = base * ambient
    bounce = sight - 2 * (sight * normals).sum(1, keepdims=True) * normals
    fresnel = mirror + (1 - mirror) * (1 - np.abs((sight * normals).sum(1, keepdims=True))) ** 5
    lit = lit * (1 - fresnel) + fresnel * light(bounce) * np.clip(open_ * 1.3, 0, 1)
    if sun is not None:
        direction, power = sun
        cosine = np.maximum((normals * direction.astype(np.float32)).sum(1, keepdims=True), 0)
        free = raster.seen(points, normals, *shades[1], .0)[:, None]
        gleam = np.maximum((bounce * direction.astype(np.float32)).sum(1, keepdims=True), 0) ** 400 * mirror * 40
        lit = lit + power * free * (base * cosine + gleam)
    return lit.astype(np.float32)


def sun_disc(direction):
    """A few directions within the sun, for soft edges."""
    around = np.array([direction + .02 * np.array(step) for step in
                       ([0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1], [.7, 0, .7], [-.7, 0, -.7])])
    return around / np.linalg.norm(around, axis=1, keepdims=True)


def base_colour(livery, kinds, uv, paint):
    """Colour and mirror strength of samples by what they are."""
    colour, mirror = np.zeros((len(kinds), 3), np.float32), np.zeros((len(kinds), 1), np.float32)
    for kind in np.unique(kinds):
        which = kinds == kind
        own, strength = SURFACES[kind]
        mirror[which] = strength
        if kind == "paint":
            colour[which] = paint if paint is not None else PAINTS["grey"]
        elif kind == "disc":
            flat = uv[which]
            turn, radius = np.arctan2(flat[:, 1], flat[:, 0]), np.hypot(flat[:, 0], flat[:, 1])
            spoke = (np.abs(np.sin(turn * 2.5)) < .52 - .25 * radius) | (radius < .16)
            colour[which] = np.where(spoke[:, None], .5, .012)
            mirror[which] = np.where(spoke[:, None], .3, .01)
        elif kind == "texture":
            colour[which] = looked_up(livery, uv[which])
        else:
            colour[which] = own
    return colour, mirror


def painted(livery, paint):
    """The livery in linear colours, its own paint (what is vivid, or white) replaced."""
    colour = linear(livery[..., :3])
    if paint is not None:
        high, low = colour.max(2, keepdims=True), colour.min(2, keepdims=True)
        colour = np.where(((high - low) > .25) | (low > .7), np.float32(paint), colour)
    return colour.astype(np.float32)


def looked_up(livery, uv):
    """The livery's colour between its pixels."""
    height, width = livery.shape[:2]
    x, y = uv[:, 0] % 1 * width - .5, (1 - uv[:, 1] % 1) * height - .5
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    dx, dy = (x - left)[:, None].astype(np.float32), (y - top)[:, None].astype(np.float32)
    found = 0
    for row, down in ((top, 1 - dy), (top + 1, dy)):
        for column, across in ((left, 1 - dx), (left + 1, dx)):
            found = found + livery[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] * down * across
    return found


def smaller(samples):
    """Means of FINER x FINER samples."""
    height, width = samples.shape[0] // FINER, samples.shape[1] // FINER
    return samples.reshape(height, FINER, width, FINER, *samples.shape[2:]).mean((1, 3))


def wheel_boxes(whole, view, rubber):
    """Boxes (left, top, right, bottom) in pixels of the wheels that are seen for at least a quarter."""
    boxes = []
    named = np.char.startswith(whole.names.astype(str), "wheel")
    if not named.any():
        return boxes
    points = whole.points[named]
    middle = points.mean(1)
    for corner in (points[((middle[:, 0] > 0) == left) & ((middle[:, 2] > 0) == front)] for left in (0, 1) for front in (0, 1)):
        flat = project(corner.reshape(-1, 3), view)[:, :2]
        low, high = np.floor(flat.min(0)).astype(int), np.ceil(flat.max(0)).astype(int) + 1
        low, high = np.maximum(low, 0), np.minimum(high, rubber.shape[::-1])
        if (high > low).all() and rubber[low[1]:high[1], low[0]:high[0]].mean() > .25:
            boxes.append([int(value) for value in (*(low // FINER), *(-(-high // FINER)))])
    return boxes


def ground_light(view, shades):
    """What the car leaves of the sky's and of the sun's light on the ground a pixel: 1 far from it, near 0 under it."""
    rows, eye, focal, row = view
    y, x = np.mgrid[0:SIZE[1], 0:SIZE[0]].astype(np.float32)
    local = np.stack([(x - SIZE[0] / 2 + .5) / focal, (y - row + .5) / focal, np.ones_like(x)], -1)
    ray = local.reshape(-1, 3) @ rows
    distance = np.where(ray[:, 1] < -1e-3, -eye[1] / np.minimum(ray[:, 1], -1e-3), 0)
    points = (eye + ray * distance[:, None]).astype(np.float32)
    below = (distance > 0) & (distance < 60)
    normals = np.zeros((int(below.sum()), 3), np.float32)
    normals[:, 1] = 1
    light = np.ones((len(points), len(shades)), np.float32)
    for index, kind in enumerate(shades):
        light[below, index] = raster.seen(points[below], normals, *kind, .0)
    return light.reshape(SIZE[1], SIZE[0], len(shades))
