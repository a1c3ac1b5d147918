"""Composites with exact truth: rendered vehicles and the Beetle's frames on photographed places, plain and hard ones."""
import dataclasses
import io
import json

import numpy as np
from PIL import Image, ImageOps

import surfaces
import vehicles

VERSION = "1"  # of the pictures made here: raise it when they change
# Fronts of houses, a monument, old towns: real places without a car as main object.
BACKGROUNDS = [f"G_robust/houses_realestate/{name}_frontal.jpg" for name in
               (140, 141, 144, 146, 278, 348, 369, 401, 50, 504, 77, 94)]
BACKGROUNDS += ["A_sfm/strecha_fountain-P11/images/0003.jpg", "E_enhance/kodak/08.png",
                "E_enhance/urban100_x2/img_003_SRF_2_HR.png", "E_enhance/urban100_x2/img_006_SRF_2_HR.png"]
PAINTS = ["silver", "blue", "white", "black", "red", "grey", "green", "yellow"]


@dataclasses.dataclass
class Layer:
    """A car to lay on a place, linear: colour times alpha, alpha, what its panes let through, the ground's light."""
    colour: np.ndarray
    alpha: np.ndarray
    through: np.ndarray
    ground: np.ndarray  # 1 where the car takes no light
    wheels: list
    soft: bool = True


def photo_of(data, index, size=vehicles.SIZE):
    """A front of a house on the canvas, linear."""
    image = Image.open(data / BACKGROUNDS[index % 12]).convert("RGB")
    return surfaces.linear(np.asarray(ImageOps.fit(image, size, Image.Resampling.LANCZOS), np.float32) / 255)


def light_of(place):
    """The colour that comes from a direction: the photo, blurred and mirrored round the car; its sky above."""
    small = np.stack([np.asarray(Image.fromarray(place[..., k]).resize((24, 12), Image.Resampling.BOX)) for k in range(3)], 2)
    ring = np.concatenate([small, small[:, ::-1]], 1)
    ring[:3] *= 1.25

    def light(directions):
        turn = np.arctan2(directions[:, 0], -directions[:, 2]) / (2 * np.pi) % 1 * ring.shape[1]
        rise = (.58 - .5 * directions[:, 1] * np.where(directions[:, 1] > 0, 1.1, .84)) * ring.shape[0] - .5
        left, top = np.floor(turn).astype(int), np.clip(np.floor(rise).astype(int), 0, ring.shape[0] - 2)
        dx, dy = (turn - left)[:, None], np.clip(rise - top, 0, 1)[:, None]
        right = (left + 1) % ring.shape[1]
        left = left % ring.shape[1]
        return ((ring[top, left] * (1 - dx) + ring[top, right] * dx) * (1 - dy)
                + (ring[top + 1, left] * (1 - dx) + ring[top + 1, right] * dx) * dy).astype(np.float32)
    return light


def rendered(data, index, azimuth, paint, place, seed, height=None, sunny=None, share=None):
    """A vehicle of the meshes in a place's light, 55 to 78 % of the canvas wide."""
    dice = np.random.default_rng([31, seed])
    sunny = bool(dice.random() < .5) if sunny is None else sunny
    height = height or dice.uniform(1.2, 2.1)
    share = share or dice.uniform(.55, .78)
    turn, rise = np.radians(dice.uniform(0, 360)), np.radians(dice.uniform(35, 65))
    sun = (np.array([np.cos(rise) * np.sin(turn), np.sin(rise), np.cos(rise) * np.cos(turn)]), np.float32([1.25, 1.15, 1.0]))
    vehicle = vehicles.VEHICLES[index % len(vehicles.VEHICLES)]
    whole, _ = vehicles.body(data, vehicle)
    stand, focal, row = dice.uniform(.80, .92) * vehicles.SIZE[1], 1250.0, 500.0
    for _ in range(4):  # to the wished share of the canvas, the wheels where they shall stand
        view = vehicles.camera(np.radians(azimuth), height, 8.5, focal, row)
        flat = vehicles.project(whole.points.reshape(-1, 3), view, 1)[:, :2]
        focal *= min(share * vehicles.SIZE[0] / np.ptp(flat[:, 0]), .62 * vehicles.SIZE[1] / np.ptp(flat[:, 1]))
        row += stand - flat[:, 1].max()
    view = vehicles.camera(np.radians(azimuth), height, 8.5, focal, row)
    shot = vehicles.render(data, vehicle, surfaces.PAINTS[paint], view, light_of(place), sun if sunny else None)
    weights = [.4, .6] if sunny else [.8]
    ground = 1 - sum(weight * (1 - shot.ground[..., k]) for k, weight in enumerate(weights))
    return Layer(shot.colour, shot.alpha, shot.through, ground, shot.wheels)


def beetle(frame, seed, share=None, paint=None, size=vehicles.SIZE):
    """A frame of the Beetle enlarged onto the canvas; its body is where its alpha is 250 or more, the rest is shadow."""
    dice = np.random.default_rng([7, seed])
    car = Image.open(frame).convert("RGBa")  # colour times alpha, so that edges stay clean
    scale = (share or dice.uniform(.55, .75)) * size[0] / car.getchannel("a").getbbox()[2] * 1.1
    car = car.resize((int(car.width * scale), int(car.height * scale)), Image.Resampling.BICUBIC)
    pixels = np.asarray(car, np.float32) / 255
    x, y = (size[0] - car.width) // 2, int((size[1] - car.height) * .8)
    whole = np.zeros((size[1], size[0], 4), np.float32)
    source = pixels[max(0, -y):, max(0, -x):][:size[1] - max(0, y), :size[0] - max(0, x)]
    whole[max(0, y):max(0, y) + source.shape[0], max(0, x):max(0, x) + source.shape[1]] = source
    solid = whole[..., 3] >= 250 / 255
    colour = surfaces.linear(np.clip(whole[..., :3], 0, 1))
    if paint:
        gleam = colour[..., 1:].max(2, keepdims=True)  # its paint is red: what is white in it is a reflection
        red = np.maximum(colour[..., :1] - gleam, 0)
        colour = np.minimum(colour, gleam) + np.float32(surfaces.PAINTS[paint]) * np.minimum(red / .30, 1.3)
    ground = np.where(solid, .25, 1 - whole[..., 3])
    return Layer(colour * solid[..., None], solid.astype(np.float32), np.zeros_like(ground), ground, [], soft=False)


def moved(layer, scale, dx, dy):
    """A layer scaled about the canvas's middle and moved, for a car behind."""
    height, width = layer.alpha.shape

    def warp(plane, empty):
        image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
        small = image.resize((round(width * scale), round(height * scale)), Image.Resampling.BOX)
        out = Image.new("F", (width, height), empty)
        out.paste(small, (round(width / 2 + dx - small.width / 2), round(height / 2 + dy - small.height / 2)))
        return np.asarray(out)
    colour = np.stack([warp(layer.colour[..., k], 0) for k in range(3)], 2)
    return Layer(colour, warp(layer.alpha, 0), warp(layer.through, 0), warp(layer.ground, 1), [], layer.soft)


def laid(place, layers, seed):
    """The 8-bit picture of the layers on a place, first at the back, with a camera's noise."""
    out = place
    for layer in layers:
        out = out * layer.ground[..., None] * (1 - layer.alpha + layer.through)[..., None] + layer.colour
    picture = np.clip(out, 0, 1) ** (1 / 2.2) * 255
    picture = picture + np.random.default_rng([3, seed]).normal(0, 1.2, picture.shape)
    return picture.round().clip(0, 255).astype(np.uint8)


def save(folder, name, picture, layer):
    """Photo, truth, panes (where there are) and wheel boxes."""
    truth = np.clip(layer.alpha * 255, 0, 255).round().astype(np.uint8)
    write(Image.fromarray(truth), folder / f"{name}.png", "PNG")
    (folder / f"{name}.json").write_text(json.dumps({"wheels": layer.wheels, "soft": layer.soft}))
    if layer.through.max() > 0:
        panes = np.clip(layer.through / .45 * 255, 0, 255).round().astype(np.uint8)
        write(Image.fromarray(panes), folder / f"{name}.panes.png", "PNG")
    write(Image.fromarray(picture), folder / f"{name}.jpg", "JPEG", quality=92, subsampling=0)


def write(image, path, kind, **how):
    """By a temporary name, so that a broken run leaves nothing half-written."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    partial = path.with_suffix(".partial")
    partial.write_bytes(buffer.getvalue())
    partial.rename(path)
