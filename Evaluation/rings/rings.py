"""Rings of 8 views round the vehicle meshes, hand-held, with exact cameras and masks; and how near found cameras are.

rings.py render --data DIR --out DIR [--photos]    DIR/NAME/{cameras.json, masks/NN.png, photos/NN.jpg}
rings.py score DIR                                 reads DIR/NAME/found.json beside them
"""
import argparse
import json
import pathlib
import sys

import numpy as np
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cutout"))
import places  # noqa: E402
import raster  # noqa: E402
import surfaces  # noqa: E402
import vehicles  # noqa: E402

SIZE, FOCAL, FINER = vehicles.SIZE, 1000.0, 4
VIEWS, LOTS = 8, 3
DISTANCE, HEIGHT, LENGTH = 5.6, 1.45, 4.5  # metres; every car is scaled to one length
# One sigma each: azimuth and roll in degrees, height and distance in shares of the distance, aim in metres.
JITTER = {"azimuth": 4, "roll": 1.2, "height": .08, "distance": .04, "aim": .05}
BARS = (.6, .5)  # percent of the radius, degrees


def scaled(points):
    """What the mesh is multiplied by to have the common length, and the place below its middle."""
    low, high = points.reshape(-1, 3).min(0), points.reshape(-1, 3).max(0)
    middle = (low + high) / 2
    return LENGTH / (high - low)[[0, 2]].max(), np.array([middle[0], low[1], middle[2]])


def standing(data, vehicle):
    """The vehicle's triangles in metres over the origin; what it was multiplied by, and where its middle stood."""
    whole, _ = vehicles.body(data, vehicle)
    grow, foot = scaled(whole.points)
    return (whole.points - foot) * grow, grow, foot


def hand_held(dice, aim):
    """Rotations (world to camera: x right, y down, z forwards) and eyes of a walk round the car."""
    poses = []
    for k in range(VIEWS):
        turn = 2 * np.pi * k / VIEWS + np.radians(JITTER["azimuth"]) * dice.standard_normal()
        away = DISTANCE * (1 + JITTER["distance"] * dice.standard_normal())
        height = max(.5, HEIGHT + DISTANCE * JITTER["height"] * dice.standard_normal())
        eye = np.array([away * np.sin(turn), height, away * np.cos(turn)])
        ahead = aim + JITTER["aim"] * dice.standard_normal(3) - eye
        ahead /= np.linalg.norm(ahead)
        right = np.cross(ahead, [0, 1, 0])
        right /= np.linalg.norm(right)
        down = np.cross(ahead, right)
        roll = np.radians(JITTER["roll"]) * dice.standard_normal()
        rows = np.stack([np.cos(roll) * right + np.sin(roll) * down, np.cos(roll) * down - np.sin(roll) * right, ahead])
        poses.append((rows, eye))
    return poses


def mask_of(points, rows, eye):
    """How much of every pixel the mesh covers, 0...255."""
    local = (points - eye) @ rows.T
    flat = np.stack([(FOCAL * local[..., k] / local[..., 2] + SIZE[k] / 2) * FINER - .5 for k in (0, 1)]
                    + [1 / local[..., 2]], -1)
    hit = raster.fill(np.ascontiguousarray(flat), SIZE[0] * FINER, SIZE[1] * FINER)[0] >= 0
    cover = hit.reshape(SIZE[1], FINER, SIZE[0], FINER).mean((1, 3))
    return np.round(cover * 255).astype(np.uint8)


def photo_of(data, vehicle, rows, eye, lot, seed):
    """The painted vehicle on a photographed place; the place is a mere backdrop, the same behind every view."""
    place = places.photo_of(data, lot)
    view = (rows, eye, FOCAL, SIZE[1] / 2)
    shot = vehicles.render(data, vehicle, surfaces.PAINTS[places.PAINTS[seed % len(places.PAINTS)]], view,
                           places.light_of(place), None)
    ground = 1 - .8 * (1 - shot.ground[..., 0])
    return places.laid(place, [places.Layer(shot.colour, shot.alpha, shot.through, ground, shot.wheels)], seed)


def entry(name, rows, eye):
    """A camera as cameras.json has it."""
    optics = [[FOCAL, 0, SIZE[0] / 2 - .5], [0, FOCAL, SIZE[1] / 2 - .5], [0, 0, 1]]
    return {"image": f"photos/{name}.jpg", "width": SIZE[0], "height": SIZE[1], "K": optics, "R": rows.tolist(),
            "t": (-rows @ eye).tolist()}


def render(options):
    for lot in range(LOTS):
        for index, vehicle in enumerate(vehicles.VEHICLES):
            ring(options.data, index, vehicle, lot, options.out / f"{vehicle.name}-{lot + 1}", options.photos)


def ring(data, index, vehicle, lot, folder, wants_photos):
    """Draws one ring, unless it lies there whole: cameras.json is written last."""
    if (folder / "cameras.json").exists() and (not wants_photos or (folder / "photos" / f"{VIEWS:02d}.jpg").exists()):
        return
    car, grow, foot = standing(data, vehicle)
    (folder / "masks").mkdir(parents=True, exist_ok=True)
    poses = hand_held(np.random.default_rng([17, index, lot]), np.array([0, .45 * np.ptp(car[..., 1]), 0]))
    for k, (rows, eye) in enumerate(poses):
        Image.fromarray(mask_of(car, rows, eye)).save(folder / "masks" / f"{k + 1:02d}.png")
        if wants_photos:
            (folder / "photos").mkdir(exist_ok=True)
            picture = photo_of(data, vehicle, rows, eye / grow + foot, lot, index)
            Image.fromarray(picture).save(folder / "photos" / f"{k + 1:02d}.jpg", quality=92)
    cameras = [entry(f"{k + 1:02d}", *pose) for k, pose in enumerate(poses)]
    (folder / "cameras.json").write_text(json.dumps(cameras))
    print(f"{folder.name}: {VIEWS} views", flush=True)


def aligned(found, truth):
    """Points moved by the similarity that brings them nearest to others (Umeyama 1991)."""
    a, b = found - found.mean(0), truth - truth.mean(0)
    left, sizes, right = np.linalg.svd(b.T @ a / len(a))
    flip = np.diag([1, 1, np.sign(np.linalg.det(left @ right))])
    turn = left @ flip @ right
    return (sizes * np.diag(flip)).sum() / (a * a).sum() * len(a) * a @ turn.T + truth.mean(0)


def errors(folder):
    """RMS of the centres in percent of the ring's radius; mean and greatest relative rotation in degrees."""
    both = [json.loads((folder / name).read_text()) for name in ("found.json", "cameras.json")]
    turns = [np.array([camera["R"] for camera in cameras]) for cameras in both]
    centres = [np.array([-np.array(c["R"]).T @ c["t"] for c in cameras]) for cameras in both]
    away = np.linalg.norm(aligned(*centres) - centres[1], axis=1)
    radius = np.sqrt(((centres[1] - centres[1].mean(0)) ** 2).sum(1).mean())
    angles = []
    for i in range(len(away)):
        for j in range(i):
            left = turns[0][i] @ turns[0][j].T @ (turns[1][i] @ turns[1][j].T).T
            angles.append(np.degrees(np.arccos(np.clip((np.trace(left) - 1) / 2, -1, 1))))
    return 100 * np.sqrt((away ** 2).mean()) / radius, np.mean(angles), np.max(angles)


def score(options):
    met = {}
    print("| ring | centres, % of radius | rotation mean | max |\n| --- | --- | --- | --- |")
    for folder in sorted(path.parent for path in options.folder.glob("*/found.json")):
        centre, mean, most = errors(folder)
        print(f"| {folder.name} | {centre:.2f} | {mean:.2f} | {most:.2f} |")
        met.setdefault(folder.name.rsplit("-", 1)[0], []).append(centre <= BARS[0] and mean <= BARS[1])
    good = sum(all(rings) for rings in met.values())
    print(f"\nVehicles with every ring within {BARS[0]} % and {BARS[1]} degrees: {good} of {len(met)}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(required=True)
    drawing = kinds.add_parser("render")
    drawing.add_argument("--data", type=pathlib.Path, required=True)
    drawing.add_argument("--out", type=pathlib.Path, required=True)
    drawing.add_argument("--photos", action="store_true", help="the painted car on a place, too; half a minute a ring")
    drawing.set_defaults(run=render)
    scoring = kinds.add_parser("score")
    scoring.add_argument("folder", type=pathlib.Path)
    scoring.set_defaults(run=score)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
