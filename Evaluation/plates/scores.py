"""What each finder's answers are worth beside the truth."""
import dataclasses
import json
import pathlib
import re

import cv2
import numpy as np

BANDS = ((0, 12), (12, 20), (20, 40), (40, 80), (80, 10_000))
ENOUGH, ALIKE = 0.5, 0.3  # IoU that counts as found; and that makes what no truth names one of the plates listed in also.json
GRID = 8  # places a side at which a box's or polygon's cover is asked for


@dataclasses.dataclass
class Row:
    """One plate of the truth and what became of it."""
    picture: object
    plate: object
    found: object = None
    iou: float = 0.0
    covered: float = 0.0
    masked: float = None
    corner: float = None
    flagged: bool = False


@dataclasses.dataclass
class Score:
    """One finder on a list of pictures."""
    rows: list
    wrong: list  # (picture, found): no plate
    flags: list  # (picture, found): a flag where no plate is
    pictures: list


def polygon_iou(one, other):
    """Of two convex polygons."""
    one, other = (cv2.convexHull(np.float32(p)) for p in (one, other))
    shared = cv2.intersectConvexConvex(one, other)[0]
    return shared / max(1e-9, cv2.contourArea(one) + cv2.contourArea(other) - shared)


def bounds(quad):
    """Corners of the box round a quad."""
    (left, top), (right, bottom) = np.min(quad, 0), np.max(quad, 0)
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def overlap(found, plate):
    """IoU: of the quads where corners are known, else of the boxes."""
    truth = np.array(plate.polygon, float)
    return polygon_iou(found.quad, truth) if plate.exact else polygon_iou(bounds(found.quad), bounds(truth))


def inside(quad, xs, ys):
    """Which of the places lie in a quad."""
    quad = np.array(quad, float)
    sign = np.sign(cv2.contourArea(np.float32(quad), True)) or 1
    within = np.ones(np.shape(xs), bool)
    for a, b in zip(quad, np.roll(quad, -1, 0)):
        within &= sign * ((b[0] - a[0]) * (ys - a[1]) - (b[1] - a[1]) * (xs - a[0])) >= -1e-6
    return within


def cover(quads, plate):
    """Share of the places all over a plate's polygon that quads cover."""
    u, v = np.meshgrid((np.arange(64) + 0.5) / 64, (np.arange(32) + 0.5) / 32)
    a, b, c, d = np.array(plate.polygon, float)
    return covered(quads, *((1 - u) * (1 - v) * a[i] + u * (1 - v) * b[i] + u * v * c[i] + (1 - u) * v * d[i] for i in (0, 1)))


def cover_of_mask(quads, plate):
    """Share of the pixels of a plate's mask that quads cover; nil without a mask."""
    if plate.mask is None:
        return None
    ys, xs = np.nonzero(plate.mask)
    return covered(quads, xs + 0.5, ys + 0.5)


def covered(quads, xs, ys):
    """Share of the places that lie in any of the quads."""
    within = np.zeros(np.shape(xs), bool)
    for quad in quads:
        within |= inside(quad, xs, ys)
    return float(within.mean())


def corner_error(found, plate):
    """Mean distance of the corners in pixels; nil where they are not known."""
    return float(np.linalg.norm(found.quad - np.array(plate.polygon), axis=1).mean()) if plate.exact else None


def also(path=pathlib.Path(__file__).parent / "also.json"):
    """{picture: boxes} of plates that are seen but not in the truth: neither right nor wrong when found."""
    return json.loads(path.read_text())


def known(found, boxes):
    """It is one of the plates that the truth leaves out."""
    for left, top, right, bottom in boxes:
        box = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)
        if polygon_iou(bounds(found.quad), box) > ALIKE:
            return True
    return False


def touches(quad, plate):
    """A flag's place holds most of the plate."""
    return cover([quad], plate) > 0.5


def score(pictures, answers, extra):
    """Compares all answers with the truth; each plate takes the found one that overlaps it most."""
    rows, wrong, flags = [], [], []
    for picture in pictures:
        answer, left = answers[picture.key], list(range(len(answers[picture.key].plates)))
        pairs = sorted(((overlap(answer.plates[i], plate), i, j) for i in left for j, plate in enumerate(picture.plates)),
                       key=lambda pair: -pair[0])
        mine = {}
        for value, i, j in pairs:
            if value >= ENOUGH and i in left and j not in mine:
                mine[j] = (answer.plates[i], value)
                left.remove(i)
        for j, plate in enumerate(picture.plates):
            covers = [p.cover for p in answer.plates]
            row = Row(picture, plate, covered=cover(covers, plate), masked=cover_of_mask(covers, plate),
                      flagged=any(touches(flag.quad, plate) for flag in answer.flags))
            if j in mine:
                row.found, row.iou = mine[j]
                row.corner = corner_error(row.found, plate)
            rows.append(row)
        here = extra.get(picture.key, [])
        wrong += [(picture, answer.plates[i]) for i in left if not known(answer.plates[i], here)]
        flags += [(picture, flag) for flag in answer.flags
                  if not any(touches(flag.quad, plate) for plate in picture.plates) and not known(flag, here)]
    return Score(rows, wrong, flags, list(pictures))


def plain(text):
    """Latin capitals and digits alone; O and 0, I and 1 stay apart."""
    return re.sub("[^A-Z0-9ÄÖÜ]", "", text.upper())


def reading(rows):
    """Texts read exactly, errors, characters, texts; of plates found whose text is known and whole."""
    exact = errors = characters = texts = 0
    for row in rows:
        if not row.plate.text or "*" in row.plate.text or row.found is None:
            continue
        truth, said = plain(row.plate.text), plain(row.found.text)
        texts += 1
        exact += truth == said
        errors += distance(truth, said)
        characters += len(truth)
    return exact, errors, characters, texts


def distance(one, other):
    """Insertions, deletions and changes between two texts (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]
