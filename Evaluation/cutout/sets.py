"""The pictures with known truth: our own car, three clips, and one car set on real backgrounds."""
import io
import pathlib

import numpy as np
from PIL import Image, ImageOps

CANVAS = (800, 600)
# Fronts of houses, a monument, old towns: real places without a car as main object.
BACKGROUNDS = [f"G_robust/houses_realestate/{name}_frontal.jpg" for name in
               (140, 141, 144, 146, 278, 348, 369, 401, 50, 504, 77, 94)]
BACKGROUNDS += ["A_sfm/strecha_fountain-P11/images/0003.jpg", "E_enhance/kodak/08.png",
                "E_enhance/urban100_x2/img_003_SRF_2_HR.png", "E_enhance/urban100_x2/img_006_SRF_2_HR.png"]
CLIPS = ("car-shadow", "drift-chicane", "scooter-black")


def fixture(root):
    """(name, photo, mask) of our own car's views."""
    for photo in sorted((root / "fixtures/car/photos").glob("*.jpg")):
        yield photo.stem, photo, root / "fixtures/car/masks" / f"{photo.stem}.png"


def clip(data, name, step):
    """Every `step`th frame of a DAVIS clip."""
    folder = data / f"B_matting/davis_{name}"
    for photo in sorted((folder / "images").iterdir())[::step]:
        yield photo.stem, photo, folder / "masks" / f"{photo.stem}.png"


def beetle(data, cache):
    """The 36 frames of a car with alpha, each on a background, 56 to 80 % of its width; made once."""
    cache.mkdir(parents=True, exist_ok=True)
    frames = sorted((data / "B_matting/spin_vw_beetle_alpha").glob("*.png"))
    for index, frame in enumerate(frames):
        background = data / BACKGROUNDS[index * 5 % len(BACKGROUNDS)]
        name = f"{frame.stem}-{background.stem}"
        photo, truth = cache / f"{name}.jpg", cache / f"{name}.png"
        if not (photo.exists() and truth.exists()):
            compose(frame, background, index, photo, truth)
        yield name, photo, truth


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
    write(Image.fromarray(mask), truth, "PNG")
    write(Image.fromarray(canvas.round().clip(0, 255).astype(np.uint8)), photo, "JPEG", quality=92, subsampling=0)


def write(image, path, kind, **how):
    """By a temporary name, so that a broken run leaves nothing half-written."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    partial = path.with_suffix(".partial")
    partial.write_bytes(buffer.getvalue())
    partial.rename(path)


def all_sets(root, data, cache, step=2):
    """Name of each set, and its pictures as (name, photo, truth)."""
    sets = {"fixture": list(fixture(root))}
    if data is None:
        print("skipped: no data (RUNDUM_DATA names no folder): only the fixture is measured")
        return sets
    for name in CLIPS:
        sets[f"davis {name}"] = list(clip(data, name, step))
    sets["beetle on places"] = list(beetle(data, cache))
    return sets


def data_folder(named):
    """The folder of real pictures, or None."""
    folder = pathlib.Path(named) if named else None
    return folder if folder and folder.is_dir() else None
