"""Rings of photos with what is known of them, as files for `rundum run reconstruct` and for the peer."""
import dataclasses
import json
import pathlib

import numpy as np
from PIL import Image
from scipy import ndimage

DIAGONAL = 43.267  # millimetres of 35 mm film
NOISE, NOISE_REACH, NOISE_SEEDS = 2, 12, 5  # pixels RMS in a picture 1600 wide, their correlation, rings
TRUE_BARS, OWN_BARS, NOISE_BARS, DINO_BARS = (.6, .5), (1, .7), (1.5, None), (3, None)


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """One run: files as a user has them; `truth` is {stem: (R, t)} with x = K (R X + t)."""
    name: str
    group: str
    files: tuple
    options: dict
    truth: dict = None
    bars: tuple = (None, None)  # percent of the ring's radius, degrees
    peer: tuple = ()  # photos for pycolmap
    optics: tuple = None  # FX, FY, CX, CY of the peer's photos
    masks: pathlib.Path = None
    surface: object = None  # the true triangles (T, 3, 3) in the truth's world, by a call
    held: object = None  # cut-outs that are not given, {stem: file}
    places: dict = None  # their cameras {stem: (K, R, t)} where these are known
    turns: dict = None  # else where they stand between the files, in files from the first


def entries(file):
    """The list of a cameras.json, with or without a head."""
    read = json.loads(file.read_text())
    return read["cameras"] if isinstance(read, dict) else read


def poses(listed):
    """{stem: (R, t)}."""
    return {pathlib.Path(e["image"]).stem: (np.array(e["R"]), np.array(e["t"])) for e in listed}


def optics(entry):
    """FX, FY, CX, CY of an entry."""
    matrix = entry["K"]
    return matrix[0][0], matrix[1][1], matrix[0][2], matrix[1][2]


def film(entry):
    """The focal length as a phone says it, in millimetres of 35 mm film by the diagonal."""
    return entry["K"][0][0] / np.hypot(entry["width"], entry["height"]) * DIAGONAL


def cutout(photo, mask, out, change=None):
    """A photo with its mask as alpha, in a file."""
    if out.exists():
        return out
    out.parent.mkdir(parents=True, exist_ok=True)
    picture, alpha = Image.open(photo).convert("RGB"), Image.open(mask).convert("L")
    if change is not None:
        alpha = Image.fromarray(change(np.asarray(alpha)))
    picture.putalpha(alpha)
    picture.save(out, compress_level=1)
    return out


def shaken(alpha, seed):
    """A mask whose outline is moved in and out by a smooth random field of `NOISE` pixels RMS in 1600."""
    inside = alpha >= 128
    away = np.where(inside, ndimage.distance_transform_edt(inside) - .5, .5 - ndimage.distance_transform_edt(~inside))
    scale = alpha.shape[1] / 1600
    field = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal(alpha.shape), NOISE_REACH * scale)
    away = away + field * (NOISE * scale / field.std())
    return np.round(np.clip(away + .5, 0, 1) * 255).astype(np.uint8)


def fixture(root, cache, triangles):
    """Our own car: its own mattes, the truth's, wrong focal lengths, wrong outlines; held out are 16 other views."""
    folder, wide = root / "fixtures/car", root / "fixtures/car-ring24"
    listed, ring = entries(folder / "cameras.json"), entries(wide / "cameras.json")
    photos = tuple(folder / e["image"] for e in listed)
    masks = [folder / "masks" / f"{photo.stem}.png" for photo in photos]
    whole = tuple(cutout(p, m, cache / "fixture" / f"{p.stem}.png") for p, m in zip(photos, masks))
    others = [e for k, e in enumerate(ring) if k % 3]
    held = {pathlib.Path(e["image"]).stem: cutout(wide / e["image"], wide / "masks" / f"{pathlib.Path(e['image']).stem}.png",
                                                  cache / "fixture-held" / f"{pathlib.Path(e['image']).stem}.png")
            for e in others}
    known = {"group": "fixture", "truth": poses(listed), "surface": triangles}
    places = {pathlib.Path(e["image"]).stem: (np.array(e["K"]), np.array(e["R"]), np.array(e["t"])) for e in others}
    millimetres = film(listed[0])
    yield Case("fixture, own mattes", files=photos, options={}, bars=OWN_BARS, peer=photos, optics=optics(listed[0]),
               masks=folder / "masks", **known)
    yield Case("fixture, truth masks", files=whole, options={"focal35": millimetres}, bars=TRUE_BARS, held=held,
               places=places, **known)
    for name, factor in (("15 % long", 1.15), ("15 % short", .85), ("unknown", 0)):
        yield Case(f"fixture, truth masks, focal {name}", files=whole, options={"focal35": millimetres * factor},
                   bars=TRUE_BARS, **known)
    for name, factor in (("15 % long", 1.15), ("15 % short", .85)):
        yield Case(f"fixture, own mattes, focal {name}", files=photos, options={"focal35": millimetres * factor},
                   bars=OWN_BARS, **known)
    for seed in range(NOISE_SEEDS):
        files = tuple(cutout(p, m, cache / f"fixture-noise-{seed}" / f"{p.stem}.png",
                             lambda alpha, k=k, seed=seed: shaken(alpha, [seed, k]))
                      for k, (p, m) in enumerate(zip(photos, masks)))
        yield Case(f"fixture, 2 px noise, seed {seed}", files=files, options={"focal35": millimetres}, bars=NOISE_BARS,
                   **known | {"group": "noise"})


def vehicles(rings, cache, standing):
    """The vehicle meshes on three lots each, as `Evaluation/rings/rings.py render --photos` draws them."""
    for folder in sorted(path.parent for path in rings.glob("*/cameras.json")):
        listed = entries(folder / "cameras.json")
        photos = tuple(folder / e["image"] for e in listed)
        if not all(photo.exists() for photo in photos):
            continue
        whole = tuple(cutout(p, folder / "masks" / f"{p.stem}.png", cache / folder.name / f"{p.stem}.png") for p in photos)
        vehicle = folder.name.rsplit("-", 1)[0]
        known = {"options": {"focal35": film(listed[0])}, "truth": poses(listed),
                 "surface": lambda vehicle=vehicle: standing(vehicle)}
        yield Case(f"{folder.name}, exact masks", group="vehicles", files=whole, bars=TRUE_BARS, peer=photos,
                   optics=optics(listed[0]), masks=folder / "masks", **known)
        yield Case(f"{folder.name}, own mattes", group="vehicles' mattes", files=photos, bars=OWN_BARS, **known)


def dinosaur(data, cache):
    """A white dinosaur that was photographed 47 degrees apart; thresholded masks."""
    folder = data / "A_sfm/dino_ring8"
    listed = entries(folder / "cameras.json")
    photos = tuple(folder / "images" / e["image"] for e in listed)
    files = tuple(cutout(p, folder / "masks" / f"{p.stem}.png", cache / "dino" / f"{p.stem}.png") for p in photos)
    known = {"group": "dinosaur", "files": files, "truth": poses(listed), "bars": DINO_BARS, "peer": photos,
             "masks": folder / "masks"}
    yield Case("dinosaur, focal known", options={"focal35": film(listed[0])}, optics=optics(listed[0]), **known)
    yield Case("dinosaur, focal unknown", options={}, **known)


def beetle(data, cache):
    """A car's spin, 10 degrees a frame; the car is where alpha is 250 or more, the rest of it is a shadow."""
    frames = sorted((data / "B_matting/spin_vw_beetle_alpha").glob("frame_*.png"))
    solid = {frame.stem: solid_frame(frame, cache / "beetle" / frame.name) for frame in frames}
    plain = [over_grey(solid[frame.stem], cache / "beetle-photos" / f"{frame.stem}.png") for frame in frames]
    for name, given in (("every 4th", range(0, 36, 4)), ("every 4th to 5th", [k * 9 // 2 for k in range(8)])):
        given, count = list(given), len(frames)
        turns = {}
        for k, frame in enumerate(frames):
            if k not in given:
                before = max(i for i, g in enumerate(given) if g < k)
                after = given[before + 1] if before + 1 < len(given) else count
                turns[frame.stem] = before + (k - given[before]) / (after - given[before])
        yield Case(f"beetle, {name}", "beetle", tuple(solid[frames[k].stem] for k in given), {},
                   peer=tuple(plain[k] for k in given), held={stem: solid[stem] for stem in turns}, turns=turns)


def solid_frame(frame, out):
    """A frame without its shadow."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.array(Image.open(frame).convert("RGBA"))
        pixels[..., 3] = np.where(pixels[..., 3] >= 250, 255, 0)
        Image.fromarray(pixels).save(out, compress_level=1)
    return out


def over_grey(cut, out):
    """A cut-out before a grey wall, as the peer takes it."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.open(cut)
        Image.alpha_composite(Image.new("RGBA", picture.size, (128, 128, 128, 255)), picture).convert("RGB").save(out)
    return out
