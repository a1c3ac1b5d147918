"""The pictures with known plates, and those without any."""
import dataclasses
import json
import pathlib

import numpy as np
from PIL import Image, ImageOps
from scipy import ndimage

IMAGES = (".jpg", ".jpeg", ".png", ".tif")


@dataclasses.dataclass(frozen=True)
class Plate:
    """One plate: a polygon in pixels, its corners if `exact`, its text where that is known; a mask's cells if there is one."""
    polygon: tuple
    exact: bool = False
    text: str = ""
    mask: object = dataclasses.field(default=None, compare=False, hash=False)

    @property
    def box(self):
        """Left, top, right, bottom."""
        xs, ys = [x for x, _ in self.polygon], [y for _, y in self.polygon]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def height(self):
        """Of the plate itself where corners are known, else of its box."""
        if not self.exact:
            return self.box[3] - self.box[1]
        corners = np.array(self.polygon)
        return float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2


@dataclasses.dataclass(frozen=True)
class Picture:
    """A photo and its plates."""
    set: str
    name: str
    path: pathlib.Path
    plates: tuple

    @property
    def key(self):
        """Unique among all sets."""
        return f"{self.set}/{self.name}"


def rectangle(left, top, width, height):
    """Corners clockwise."""
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def fixture(root):
    """Our own car's views, plates with the sides of them that show; pixel centres are at whole numbers, all others' borders."""
    for name, plates in json.loads((root / "fixtures/car/plates.json").read_text()).items():
        path = root / "fixtures/car" / name
        yield Picture("fixture", path.stem, path, tuple(
            Plate(tuple((x + 0.5, y + 0.5) for x, y in p["outline"]), True, p["text"]) for p in plates if p["visible"]))


def masks(data, listed=pathlib.Path(__file__).parent / "usedcar.json"):
    """German used cars: the main plates' corners, set by hand for this evaluation, and the set's own masks of them."""
    folder, corners = data / "C_plates/german_usedcar_masks", json.loads(listed.read_text())
    for path in sorted((folder / "images").iterdir()):
        labels, count = ndimage.label(np.asarray(Image.open(folder / "masks" / path.name).convert("L")) >= 128)
        shapes = [labels == index for index in range(1, count + 1)]
        shapes = [mask for mask in shapes if mask.sum() >= 60]  # Fewer are JPEG's crumbs.
        plates = []
        for quad, mask in zip(corners[path.stem], shapes, strict=True):
            is_cut = min(x for x, _ in quad) <= 0 or max(x for x, _ in quad) >= mask.shape[1]
            plates.append(Plate(tuple(map(tuple, quad)), not is_cut, mask=mask))
        yield Picture("german_usedcar", path.stem, path, tuple(plates))


def openalpr(data, country):
    """Boxes and texts."""
    folder = data / f"C_plates/openalpr_{country}"
    for path in sorted(path for path in folder.iterdir() if path.suffix in IMAGES):
        plates = []
        for line in (folder / f"{path.stem}.txt").read_text().splitlines():
            if not line.strip():
                continue
            _, x, y, w, h, text = line.split("\t")
            plates.append(Plate(rectangle(*map(float, (x, y, w, h))), text=text.strip()))
        yield Picture(f"openalpr_{country}", path.stem, path, tuple(plates))


def openimages(data):
    """Polygons; class 0 is a plate."""
    folder = data / "C_plates/openimages_roboflow"
    for path in sorted((folder / "images").iterdir()):
        size = np.array(Image.open(path).size)
        plates = []
        for line in (folder / "labels" / f"{path.stem}.txt").read_text().splitlines():
            kind, *values = line.split()
            if kind == "0":
                plates.append(Plate(tuple(map(tuple, np.array(values, float).reshape(-1, 2) * size))))
        yield Picture("openimages", path.stem, path, tuple(plates))


def uc3m(data):
    """Spanish plates with corners; some characters of a text are hidden."""
    folder = data / "C_plates/uc3m_spain"
    for path in sorted(folder.glob("*.jpg")):
        plates = json.loads(path.with_suffix(".json").read_text())["lps"]
        yield Picture("uc3m", path.stem, path, tuple(
            Plate(clockwise(plate["poly_coord"]), True, plate["lp_id"]) for plate in plates))


def clockwise(polygon):
    """Corners from the top left; some polygons run the other way round."""
    corners = np.array(polygon, float)
    x, y = corners.T
    if (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() < 0:
        corners = corners[::-1]
    return tuple(map(tuple, np.roll(corners, -int(np.argmin(corners.sum(1))), 0)))


def unconstrained(data):
    """Corners in shares of the picture: four x, then four y."""
    folder = data / "C_plates/alpr_unconstrained"
    for path in sorted(folder.glob("*.jpg")):
        size, plates = Image.open(path).size, []
        for line in path.with_suffix(".txt").read_text().splitlines():
            values = [float(word) for word in line.split(",")[1:9]]
            plates.append(Plate(tuple((x * size[0], y * size[1]) for x, y in zip(values[:4], values[4:])), True))
        yield Picture("alpr_unconstrained", path.stem, path, tuple(plates))


def sellers(data, boxes=pathlib.Path(__file__).parent / "sellers.json"):
    """Ukrainian sellers' photos: texts; the corners were set by hand for this evaluation."""
    folder = data / "C_plates/autoria_seller_photos"
    texts, corners = json.loads((folder / "plates.json").read_text()), json.loads(boxes.read_text())
    for name, quads in corners.items():
        yield Picture("autoria", pathlib.Path(name).stem, folder / name, tuple(
            Plate(tuple(map(tuple, quad)), False, text) for quad, text in zip(quads, texts[name])))


def plateless(root, data, listed=pathlib.Path(__file__).parent / "plateless.json"):
    """Pictures that show no plate, looked at one by one where they show cars."""
    for name, patterns in json.loads(listed.read_text()).items():
        for pattern in patterns:
            kind, found, view = pattern.partition(":")
            paths = [root / f"fixtures/car/photos/{view}.jpg"] if found else sorted(data.glob(kind))
            for path in paths:
                if path.suffix.lower() in IMAGES:
                    yield Picture(name, "-".join(path.relative_to(root if found else data).with_suffix("").parts[-3:]), path, ())


def all_sets(root, data):
    """Every picture with plates; only our own without the data."""
    found = list(fixture(root))
    if data is not None:
        found += [*masks(data), *(p for country in ("eu", "us", "br") for p in openalpr(data, country)), *openimages(data),
                  *sellers(data), *uc3m(data), *unconstrained(data)]
    return found


def data_folder(named):
    """The folder of pictures, or None."""
    return pathlib.Path(named) if named and pathlib.Path(named, "C_plates").is_dir() else None


def upright(path):
    """The photo as it is looked at."""
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")
