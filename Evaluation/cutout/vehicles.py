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
import surfaces

SIZE, FINER = (1200, 900), 3
SKY = raster.hemisphere(32)


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


def render(data, vehicle, paint, view, light, sun):
    """A view of a vehicle; `light(directions)` is the place's colour, `sun` the direction and colour of its sun or None."""
    whole, livery = body(data, vehicle)
    livery = None if livery is None else surfaces.painted(livery, paint)
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
    colour[at], alpha[at] = surfaces.shade(whole, livery, kinds, t, w, view, light, sun, shades, paint), 1
    solid_depth = depth
    rubber[at] = np.char.startswith(whole.names[t].astype(str), "wheel")
    if panes.any():
        at, t, w, depth = layer(panes)
        front = depth[at] > solid_depth[at]
        at, t, w = at[front], t[front], w[front]
        colour[at] = colour[at] * .45 + surfaces.shade(whole, livery, kinds, t, w, view, light, sun, shades, paint)
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


def sun_disc(direction):
    """A few directions within the sun, for soft edges."""
    around = np.array([direction + .02 * np.array(step) for step in
                       ([0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1], [.7, 0, .7], [-.7, 0, -.7])])
    return around / np.linalg.norm(around, axis=1, keepdims=True)


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
