"""Recall of a car's parts on photos whose parts are outlined: no lost wheel, mirror or light."""
import collections
import json

import numpy as np
from PIL import Image, ImageDraw

COVERED = 0.9  # of a part's area, for it to count as kept
GROUPS = {"wheel": "wheels", "left_mirror": "mirrors", "right_mirror": "mirrors", "front_left_light": "front lights",
          "front_right_light": "front lights", "back_left_light": "back lights", "back_right_light": "back lights"}


def photos(data):
    """(name, photo, parts of the main car) of each outlined photo; a part is (group, polygons)."""
    folder = data / "B_matting/car_parts_trainingset"
    table = json.loads((folder / "annotations.json").read_text())
    classes = {row["id"]: row["name"] for row in table["categories"]}
    by_image = collections.defaultdict(list)
    for row in table["annotations"]:
        by_image[row["image_id"]].append((classes[row["category_id"]], row["segmentation"]))
    for image in sorted(table["images"], key=lambda row: row["file_name"]):
        photo = folder / "images" / image["file_name"]
        if photo.exists():
            parts = main_car(by_image[image["id"]])
            yield photo.stem, photo, [(GROUPS[name], polygons) for name, polygons in parts if name in GROUPS]


def extent(polygons):
    """Left, top, right, bottom of a part."""
    points = np.concatenate([np.reshape(polygon, (-1, 2)) for polygon in polygons])
    return np.array([*points.min(0), *points.max(0)])


def main_car(parts, reach=0.15):
    """The parts of the main car: of the groups of parts whose boxes, grown by 15 % of the photo's outlined extent, touch
    one another, that with the largest box in all. A wheel outlined on another car stands apart from it."""
    if not parts:
        return []
    boxes = np.array([extent(polygons) for _, polygons in parts])
    whole = [*boxes[:, :2].min(0), *boxes[:, 2:].max(0)]
    grow = reach / 2 * min(whole[2] - whole[0], whole[3] - whole[1])
    low, high = boxes[:, :2] - grow, boxes[:, 2:] + grow
    group = list(range(len(parts)))
    for i in range(len(parts)):
        for j in range(i):
            if (low[i] <= high[j]).all() and (low[j] <= high[i]).all():
                old, new = group[i], group[j]
                group = [new if value == old else value for value in group]

    def area(which):
        members = boxes[[k for k, value in enumerate(group) if value == which]]
        return np.prod(members[:, 2:].max(0) - members[:, :2].min(0))
    chosen = max(sorted(set(group)), key=area)
    return [part for part, value in zip(parts, group) if value == chosen]


def covered(alpha, polygons):
    """The share of a part's pixels that the mask holds."""
    drawn = Image.new("1", alpha.shape[::-1])
    for polygon in polygons:
        ImageDraw.Draw(drawn).polygon([tuple(point) for point in np.reshape(polygon, (-1, 2))], fill=1)
    inside = np.asarray(drawn)
    return float((alpha[inside] >= 128).mean()) if inside.any() else 1.0


def recall(shares):
    """{group: (kept, all)} with `all` for every part together, from (group, share) pairs."""
    counts = {}
    for group, share in shares:
        for name in (group, "all"):
            kept, whole = counts.get(name, (0, 0))
            counts[name] = (kept + (share >= COVERED), whole + 1)
    return counts
