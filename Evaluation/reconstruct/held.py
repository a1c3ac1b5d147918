"""Photos that were kept back: where their cameras are, and how like them a finished model looks from there."""
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import raster
from PIL import Image
from scipy import ndimage
from scipy.spatial.transform import Rotation, Slerp
from skimage.metrics import structural_similarity

ROUNDS = 15
COLOURS = ("texture", "photos")


def moved_into(places, similarity):
    """Known cameras {stem: (K, R, t)} in the model's world; the similarity brings its centres to the truth's."""
    scale, turn, shift = similarity
    found = {}
    for stem, (optics, rows, away) in places.items():
        eye = turn.T @ (-rows.T @ away - shift) / scale
        found[stem] = (optics, rows @ turn, -rows @ turn @ eye)
    return found


def between(cameras, turns):
    """Cameras on the walk between those that were found, in the files' order and closed to a ring."""
    rows = Rotation.from_matrix([c["R"] for c in cameras] + [cameras[0]["R"]])
    eyes = np.array([-np.array(c["R"]).T @ c["t"] for c in cameras])
    polar = np.stack([np.unwrap(np.arctan2(eyes[:, 0], eyes[:, 2])), np.hypot(eyes[:, 0], eyes[:, 2]), eyes[:, 1]], 1)
    whole = np.sign(polar[-1, 0] - polar[0, 0]) * 2 * np.pi
    polar = np.concatenate([polar, polar[:1] + [whole, 0, 0]])
    knots, found = np.arange(len(polar)), {}
    for stem, at in turns.items():
        angle, away, height = (np.interp(at, knots, polar[:, k]) for k in range(3))
        eye = np.array([away * np.sin(angle), height, away * np.cos(angle)])
        turn = Slerp(knots, rows)([at]).as_matrix()[0]
        found[stem] = (np.array(cameras[0]["K"]), turn, -turn @ eye)
    return found


def silhouette(triangles, camera, size):
    """Which pixels a surface covers, and 1/depth there."""
    optics, rows, away = camera
    local = triangles @ rows.T + away
    flat = np.stack([optics[0, 0] * local[..., 0] / local[..., 2] + optics[0, 2],
                     optics[1, 1] * local[..., 1] / local[..., 2] + optics[1, 2], 1 / local[..., 2]], -1)
    owner, depth, _ = raster.fill(np.ascontiguousarray(flat), *size)
    return owner >= 0, depth


def registered(triangles, camera, mask):
    """The camera, moved until the model's rim lies on the photo's outline; the model and its lens stay as they are."""
    inside = mask >= 128
    away = ndimage.distance_transform_edt(~inside) - ndimage.distance_transform_edt(inside)
    slope = np.gradient(ndimage.gaussian_filter(away, 1))
    optics, rows, shift = camera
    for _ in range(ROUNDS):
        seen, depth = silhouette(triangles, (optics, rows, shift), mask.shape[::-1])
        y, x = np.nonzero(seen & ~ndimage.binary_erosion(seen, border_value=1))
        if not len(x):
            return camera
        z = 1 / depth[y, x].astype(float)
        local = np.stack([(x - optics[0, 2]) / optics[0, 0] * z, (y - optics[1, 2]) / optics[1, 1] * z, z], 1)
        # A rim pixel of a mask that covers the photo's own lies half a pixel within its outline.
        left = away[y, x] + .5
        across, down = slope[1][y, x] * optics[0, 0] / z, slope[0][y, x] * optics[1, 1] / z
        pull = np.stack([across, down, -(across * local[:, 0] + down * local[:, 1]) / z], 1)
        jacobian = np.concatenate([np.cross(local, pull), pull], 1)
        weight = 1 / (1 + (left / 4) ** 2)
        square = (jacobian * weight[:, None]).T @ jacobian
        step = -np.linalg.solve(square + 1e-6 * np.diag(np.diag(square)), (jacobian * weight[:, None]).T @ left)
        turn = Rotation.from_rotvec(step[:3]).as_matrix()
        rows, shift = turn @ rows, turn @ shift + step[3:]
        if np.abs(step).max() < 1e-5:
            break
    return optics, rows, shift


def overlap(one, two):
    """Shared area over the area of both."""
    return float((one & two).sum() / max((one | two).sum(), 1))


def likeness(picture, photo):
    """IoU, and over the area of both before black: PSNR in decibels, and SSIM in its box."""
    seen, true = picture[..., 3] >= 128, photo[..., 3] >= 128
    both = seen | true
    one, two = (p[..., :3].astype(float) * (p[..., 3:] / 255) for p in (picture, photo))
    noise = ((one - two)[both] ** 2).mean()
    y, x = np.nonzero(both)
    box = slice(y.min(), y.max() + 1), slice(x.min(), x.max() + 1)
    grey = [p[box] @ [.299, .587, .114] for p in (one, two)]
    return overlap(seen, true), 10 * np.log10(255 ** 2 / noise), structural_similarity(*grey, data_range=255)


def draw(case, out, places, sizes, symmetric):
    """The model's pictures from the places, {colours: {stem: RGBA}}."""
    listed = [{"image": f"{stem}.png", "width": sizes[stem][0], "height": sizes[stem][1], "K": optics.tolist(),
               "R": rows.tolist(), "t": away.tolist()} for stem, (optics, rows, away) in places.items()]
    at, folder = out / "held.json", out / "held"
    at.write_text(json.dumps(listed))
    words = [os.environ["RUNDUM_MODEL_VIEWS"], "--model", out / "model.glb", "--cameras", out / "cameras.json", "--at", at,
             "--out", folder, "--symmetric", "yes" if symmetric else "no", *case.files]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"model-views ended with {done.returncode}: {done.stderr}")
    return {colours: {stem: np.asarray(Image.open(folder / colours / f"{stem}.png").convert("RGBA")) for stem in places}
            for colours in COLOURS}


def cameras_of(case, out, triangles, similarity, photos):
    """{stem: camera} in the model's world of the photos that were kept back."""
    if case.places:
        return moved_into(case.places, similarity)
    start = between(json.loads((out / "cameras.json").read_text()), case.turns)
    return {stem: registered(triangles, camera, photos[stem][..., 3]) for stem, camera in start.items()}


def score(case, out, triangles, similarity, symmetric):
    """Means over the photos that were kept back: IoU (and the least), PSNR and SSIM of both ways to colour."""
    photos = {stem: np.asarray(Image.open(file).convert("RGBA")) for stem, file in case.held.items()}
    places = cameras_of(case, out, triangles, similarity, photos)
    sizes = {stem: photo.shape[1::-1] for stem, photo in photos.items()}
    result, pictures = {}, draw(case, out, places, sizes, symmetric)
    for colours in COLOURS:
        each = np.array([likeness(pictures[colours][stem], photos[stem]) for stem in photos])
        result |= {"iou": each[:, 0].mean(), "iouLeast": each[:, 0].min(), f"psnr_{colours}": each[:, 1].mean(),
                   f"ssim_{colours}": each[:, 2].mean()}
    return {key: float(value) for key, value in result.items()}
