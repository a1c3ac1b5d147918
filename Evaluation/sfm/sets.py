"""The photos with known cameras: real ones of the data folder, and our own car."""
import dataclasses
import json
import pathlib

import numpy as np
from PIL import Image

RINGS = ("dino ring, 8", "dino sparse ring, 8", "car, 8", "car ring, 24")


@dataclasses.dataclass(frozen=True)
class Case:
    """Photos of one scene: {name: (R, t)} is the truth, `camera` is FX, FY, CX, CY where the optics are given."""
    name: str
    photos: tuple
    truth: dict
    camera: tuple = None
    masks: pathlib.Path = None
    # Millimetres of one unit of the truth; None where the truth has no real size.
    unit: float = None


def entries(file):
    """The list of a cameras.json, with or without a head."""
    read = json.loads(file.read_text())
    return read["cameras"] if isinstance(read, dict) else read


def optics(entry):
    """FX, FY, CX, CY of an entry."""
    matrix = entry["K"]
    return matrix[0][0], matrix[1][1], matrix[0][2], matrix[1][2]


def case(name, file, photos, known=True, **rest):
    """A case of the cameras in a file."""
    listed = entries(file)
    truth = {pathlib.Path(e["image"]).name: (np.array(e["R"]), np.array(e["t"])) for e in listed}
    return Case(name, tuple(photos / e["image"] for e in listed), truth, optics(listed[0]) if known else None, **rest)


def fountain(data):
    """8 views of a fountain as the truth's files name them: the first eight, and eight of eleven wider apart."""
    folder = data / "A_sfm/strecha_fountain-P11"
    near, wide = folder / "cameras_8.json", folder / "cameras_8_wide.json"
    yield case("fountain, K known", near, folder / "images", unit=1000)
    yield case("fountain, K unknown", near, folder / "images", known=False, unit=1000)
    yield case("fountain, wide", wide, folder / "images", unit=1000)


def dino(data):
    """A white dinosaur: 8 views of a ring, upright and as they were taken."""
    folder = data / "A_sfm/dino_ring8"
    yield case(RINGS[0], folder / "cameras.json", folder / "images", masks=folder / "masks", unit=1000)
    folder = data / "A_sfm/middlebury_dinoSparseRing"
    lines = [line.split() for line in (folder / "dinoSR_par.txt").read_text().splitlines()[1:]][::2]
    numbers = {line[0]: np.array(line[1:], float) for line in lines}
    truth = {name: (row[9:18].reshape(3, 3), row[18:]) for name, row in numbers.items()}
    first = next(iter(numbers.values()))
    yield Case(RINGS[1], tuple(folder / name for name in numbers), truth, (first[0], first[4], first[2], first[5]),
               unit=1000)


def lego(data, cache):
    """A rendered bulldozer, 24 views all round; colours over black, the alpha as masks."""
    folder = data / "A_sfm/nerf_lego_synthetic"
    read = json.loads((folder / "transforms.json").read_text())
    (cache / "photos").mkdir(parents=True, exist_ok=True)
    (cache / "masks").mkdir(parents=True, exist_ok=True)
    truth, photos = {}, []
    for frame in read["frames"]:
        name = f"{pathlib.Path(frame['file_path']).name}.png"
        picture = Image.open(folder / "images" / name).convert("RGBA")
        black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        Image.alpha_composite(black, picture).convert("RGB").save(cache / "photos" / name)
        picture.getchannel("A").save(cache / "masks" / name)
        place = np.array(frame["transform_matrix"])
        turn = np.diag([1, -1, -1]) @ place[:3, :3].T  # OpenGL looks along -z with y up
        truth[name] = (turn, -turn @ place[:3, 3])
        photos.append(cache / "photos" / name)
        width, height = picture.size
    focal = width / 2 / np.tan(read["camera_angle_x"] / 2)
    yield Case("lego, 24", tuple(photos), truth, (focal, focal, (width - 1) / 2, (height - 1) / 2),
               masks=cache / "masks")


def own(root):
    """Our own car: 8 views, and 24."""
    for name, folder in ((RINGS[2], "car"), (RINGS[3], "car-ring24")):
        place = root / "fixtures" / folder
        yield case(name, place / "cameras.json", place, masks=place / "masks", unit=1000)


def all_cases(root, data, cache, wanted=""):
    """The cases whose names contain `wanted`."""
    found = list(own(root))
    if data is None:
        print("skipped: no data (RUNDUM_DATA names no folder): only our own car is measured")
    else:
        found = [*fountain(data), *dino(data), *lego(data, cache / "lego"), *found]
    return [each for each in found if wanted in each.name]


def data_folder(named):
    """The folder of real pictures, or None."""
    folder = pathlib.Path(named) if named else None
    return folder if folder and folder.is_dir() else None
