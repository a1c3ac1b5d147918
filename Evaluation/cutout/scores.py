"""What was measured of each method: masks, boxes round wheels, parts."""
import numpy as np
from PIL import Image

import metrics
import parts


def regions(picture, shape):
    """Name and pixels of what is looked at by itself: boxes round the wheels, and panes."""
    kind = "fixture" if picture.set == "fixture" else "meshes"
    if picture.wheels:
        yield f"boxes round wheels, {kind}", metrics.boxes(shape, picture.wheels)
    panes = picture.truth.with_suffix(".panes.png")
    if panes.exists():
        yield "panes, meshes", np.asarray(Image.open(panes)) >= 128


class Scores:
    """What was measured, by method."""

    def __init__(self, pictures, outlined):
        self.pictures, self.outlined = pictures, outlined
        self.each = {}  # {method: {key: score}}
        self.regions = {}  # {region: {method: [scores]}}
        self.parts = {}  # {method: {group: (kept, all)}}
        self.lost = {}  # {method: {key: {group: least share}}}

    def add(self, answers):
        """Scores the answers of all methods: {method: {key: answer}}."""
        self.each = {method: {} for method in answers}
        for picture in self.pictures:
            truth = np.asarray(Image.open(picture.truth).convert("L"))
            near, places = metrics.band(truth >= 128), list(regions(picture, truth.shape))
            for method, found in answers.items():
                alpha = found[picture.key].alpha
                self.each[method][picture.key] = metrics.score(alpha, truth, picture.soft, near)
                for region, within in places:
                    inside = metrics.inside(alpha, truth, within)
                    if inside:
                        self.regions.setdefault(region, {}).setdefault(method, []).append(inside)
        for method, found in answers.items():
            self.add_parts(method, found)

    def add_parts(self, method, answers):
        """Looks for the outlined parts in one method's answers."""
        shares = [(key, group, parts.covered(answers[key].alpha, polygons)) for key, (_, found) in self.outlined.items()
                  for group, polygons in found]
        if shares:
            self.parts[method] = parts.recall((group, share) for _, group, share in shares)
        lost = self.lost[method] = {}
        for key, group, share in shares:
            if share < parts.COVERED:
                lost.setdefault(key, {})[group] = min(share, lost.get(key, {}).get(group, 1))

    def results(self):
        """{set: {method: summary}}."""
        names = list(dict.fromkeys(picture.set for picture in self.pictures))
        return {name: {method: metrics.summary([s for key, s in each.items() if key[0] == name])
                       for method, each in self.each.items()} for name in names}

    def record(self):
        """Every figure, for machines."""
        each = [{"set": key[0], "picture": key[1], "method": method} | s for method, found in self.each.items() for key, s in found.items()]
        lost = [{"method": method, "picture": key[1], "part": group, "covered": round(share, 3)}
                for method, found in self.lost.items() for key, groups in found.items() for group, share in groups.items()]
        return {"summary": self.results(), "pictures": each, "parts": self.parts, "lost": lost}
