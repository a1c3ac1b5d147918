"""The pictures with known truth: our own car, three clips, and cars set on real places."""
import dataclasses
import itertools
import json
import pathlib

import numpy as np
from PIL import Image, ImageOps

import hard
import places

CANVAS = (800, 600)  # of the Beetle on places
CLIPS = ("car-shadow", "drift-chicane", "scooter-black")
CAR_SETS = ("fixture", "davis car-shadow", "davis drift-chicane", "beetle on places", "meshes on places",
            "white on bright sky", "black on dark ground", "other cars behind", "cropped")
COMPOSITES = CAR_SETS[3:]
# Of the fixture's car, from scripts/fixtures: axles along z, half track, tyre's radius and half its width.
AXLES, TRACK, RADIUS, HALF_WIDTH = (1.31, -1.33), 0.757, 0.327, 0.112


@dataclasses.dataclass(frozen=True)
class Picture:
    """A photo and its truth: an alpha if `soft`, else the object's pixels; boxes round wheels where they are known."""
    set: str
    name: str
    photo: pathlib.Path
    truth: pathlib.Path
    soft: bool = False
    wheels: tuple = ()

    @property
    def key(self):
        """Unique among all sets."""
        return self.set, self.name


def fixture(root):
    """Our own car's views."""
    cameras = {pathlib.Path(row["image"]).stem: row for row in json.loads((root / "fixtures/car/cameras.json").read_text())}
    for photo in sorted((root / "fixtures/car/photos").glob("*.jpg")):
        yield Picture("fixture", photo.stem, photo, root / "fixtures/car/masks" / f"{photo.stem}.png", True,
                      tuple(wheel_boxes(cameras[photo.stem])))


def wheel_boxes(camera):
    """Boxes of the wheels of the fixture's car on the camera's side."""
    turn, shift, matrix = (np.array(camera[key]) for key in ("R", "t", "K"))
    eye = -turn.T @ shift
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    for side, axle in itertools.product((1, -1), AXLES):
        face = np.array([side * (TRACK + HALF_WIDTH), RADIUS, axle])
        if (eye - face) @ [side, 0, 0] <= 0:
            continue
        ring = np.array([[side * (TRACK + across), RADIUS + RADIUS * np.sin(a), axle + RADIUS * np.cos(a)]
                         for a in around for across in (-HALF_WIDTH, HALF_WIDTH)])
        seen = (ring @ turn.T + shift) @ matrix.T
        flat = seen[:, :2] / seen[:, 2:]
        yield [int(value) for value in (*np.floor(flat.min(0)), *(np.ceil(flat.max(0)) + 1))]


def clip(data, name, step):
    """Every `step`th frame of a DAVIS clip."""
    folder = data / f"B_matting/davis_{name}"
    for photo in sorted((folder / "images").iterdir())[::step]:
        yield Picture(f"davis {name}", photo.stem, photo, folder / "masks" / f"{photo.stem}.png")


def beetle(data, cache):
    """The 36 frames of a car with alpha, each on a background, 56 to 80 % of its width; made once."""
    cache.mkdir(parents=True, exist_ok=True)
    frames = sorted((data / "B_matting/spin_vw_beetle_alpha").glob("*.png"))
    for index, frame in enumerate(frames):
        background = data / places.BACKGROUNDS[index * 5 % len(places.BACKGROUNDS)]
        name = f"{frame.stem}-{background.stem}"
        photo, truth = cache / f"{name}.jpg", cache / f"{name}.png"
        if not (photo.exists() and truth.exists()):
            compose(frame, background, index, photo, truth)
        yield Picture("beetle on places", name, photo, truth)


def compose(frame, background, index, photo, truth):
    """A car with its own soft shadow on a background; its body is where alpha is 250 or more."""
    place = np.random.default_rng(index)
    canvas = np.asarray(ImageOps.fit(Image.open(background).convert("RGB"), CANVAS, Image.Resampling.LANCZOS), np.float32)
    scale = place.uniform(1.0, 1.35)
    car = Image.open(frame).convert("RGBa")  # colour times alpha, so that edges stay clean
    car = car.resize((int(car.width * scale), int(car.height * scale)), Image.Resampling.BICUBIC)
    pixels = np.asarray(car, np.float32)
    x = int((CANVAS[0] - car.width) * place.uniform(0.2, 0.8))
    y = int((CANVAS[1] - car.height) * place.uniform(0.7, 0.95))
    part = (slice(y, y + car.height), slice(x, x + car.width))
    canvas = canvas.copy()
    canvas[part] = canvas[part] * (1 - pixels[..., 3:] / 255) + pixels[..., :3]
    mask = np.zeros(CANVAS[::-1], np.uint8)
    mask[part] = np.where(pixels[..., 3] >= 250, 255, 0)
    places.write(Image.fromarray(mask), truth, "PNG")
    places.write(Image.fromarray(canvas.round().clip(0, 255).astype(np.uint8)), photo, "JPEG", quality=92, subsampling=0)


def noted(name, items):
    """Pictures of a set from (name, photo, truth) with what is noted beside the truth."""
    for stem, photo, truth in items:
        note = json.loads(truth.with_suffix(".json").read_text())
        yield Picture(name, stem, photo, truth, note["soft"], tuple(map(tuple, note["wheels"])))


def all_sets(root, data, cache, step=2, wanted=""):
    """The pictures of each set whose name contains `wanted`; composites are made once, under `cache`."""
    makers = {"fixture": lambda: fixture(root)}
    if data is None:
        print("skipped: no data (RUNDUM_DATA names no folder): only the fixture is measured")
    else:
        makers |= {f"davis {name}": lambda name=name: clip(data, name, step) for name in CLIPS}
        makers["beetle on places"] = lambda: beetle(data, cache)
        made = {"meshes on places": hard.meshes, "white on bright sky": hard.white_on_sky,
                "black on dark ground": hard.black_on_dark, "other cars behind": hard.cars_behind}
        makers |= {name: lambda name=name, make=make: noted(name, make(data, cache)) for name, make in made.items()}
        makers["cropped"] = lambda: noted("cropped", hard.cropped(cache, [
            *list(noted("meshes on places", hard.meshes(data, cache)))[::3], *list(beetle(data, cache))[::4]]))
    return {name: list(make()) for name, make in makers.items() if wanted in name}


def data_folder(named):
    """The folder of real pictures, or None."""
    folder = pathlib.Path(named) if named else None
    return folder if folder and folder.is_dir() else None
