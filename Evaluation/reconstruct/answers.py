"""Sets of photos that are not the plain ring of eight, and what a right answer to each is."""
import dataclasses
import pathlib

import cases
import numpy as np
import report
from scipy.spatial import ConvexHull
from skimage.draw import polygon

FINER = 4
# Percent of the radius up to which an answer counts as right.
RIGHT, FEW_VIEWS = 1.5, 5


@dataclasses.dataclass(frozen=True, eq=False)
class Question:
    """Files, the truth of those that show our car, what is wanted in words, and whether a score is that."""
    name: str
    files: tuple
    wanted: str
    judge: object
    options: dict
    truth: dict = None


def block(across, up, along):
    """A box's corners."""
    return np.array([[x, y, z] for x in across for y in up for z in along], float)


# A van of blocks; and an open door on the car's left, 65 degrees out, hinged at its front.
VAN = [block((-.95, .95), (.3, 1.2), (-2.5, 2.5)), block((-.9, .9), (1.1, 2.1), (-2.4, 1.3))]
VAN += [block((side - .12, side + .12), (0, .7), (z - .35, z + .35)) for side in (-.83, .83) for z in (-1.55, 1.65)]
DOOR = [np.array([[x, y, z] for x, z in ((.86, .72), (1.70, .34), (1.68, .28), (.86, .66)) for y in (.35, 1.15)])]


def outline(entry, solids):
    """The mask of convex solids in a camera, 0...255."""
    optics, turn, away = np.array(entry["K"]), np.array(entry["R"]), np.array(entry["t"])
    found = np.zeros((entry["height"] * FINER, entry["width"] * FINER), np.float32)
    for solid in solids:
        local = solid @ turn.T + away
        flat = local[:, :2] / local[:, 2:] * optics[[0, 1], [0, 1]] + optics[:2, 2]
        flat = (flat + .5) * FINER - .5
        corners = flat[ConvexHull(flat).vertices]
        found[polygon(corners[:, 1], corners[:, 0], found.shape)] = 1
    small = found.reshape(entry["height"], FINER, entry["width"], FINER).mean((1, 3))
    return np.round(small * 255).astype(np.uint8)


def walk(root, cache, kind, change):
    """24 cut-outs of our car's ring, their alphas changed by (mask, camera)."""
    folder = root / "fixtures/car-ring24"
    found = []
    for entry in cases.entries(folder / "cameras.json"):
        stem = pathlib.Path(entry["image"]).stem
        found.append(cases.cutout(folder / entry["image"], folder / "masks" / f"{stem}.png",
                                  cache / f"walk-{kind}" / f"{stem}.png", lambda mask, e=entry: change(mask, e)))
    return found


def is_near(bound):
    """The cameras are right."""
    return lambda score: report.error(score, "percent") <= bound


def is_refused(*codes):
    """Refused, and for this reason."""
    return lambda score: score["grade"] == "refused" and score["code"] in codes


def is_doubted(*words):
    """Refused as contradictory, or graded below A with one of the words in the reason."""
    return lambda score: is_refused("views_contradict")(score) or (
        score["grade"] in "BCD" and any(word in score["gradeReason"] for word in words))


def counts(car):
    """Fewer and more than eight, and out of order."""
    for count in (6, 12, 24):
        yield f"{count} views", car[::24 // count], "right", is_near(RIGHT)
    yield "4 views", car[::6], f"at most {FEW_VIEWS} %", is_near(FEW_VIEWS)
    for seed, step, first in ((3, 3, 0), (4, 3, 1), (5, 4, 0), (6, 2, 0)):
        ring = car[first::step]
        order = np.random.default_rng(seed).permutation(len(ring))
        yield (f"{len(ring)} views shuffled, seed {seed}", [ring[k] for k in order], "right, or refused as contradictory",
               lambda s: is_near(RIGHT)(s) or is_refused("views_contradict")(s))


def strangers(car, van):
    """Two cars in one set, in several shares and orders."""
    mixed = {"every other photo": (1, 3, 5, 7), "a half": (4, 5, 6, 7), "two photos": (1, 4), "one side": (1, 2, 3)}
    for name, others in mixed.items():
        files = [(van if k in others else car)[3 * k] for k in range(8)]
        yield f"two cars, {name}", files, "refused as contradictory", is_refused("views_contradict")
    files = [(van if k == 2 else car)[3 * k] for k in range(8)]
    yield "two cars, one photo", files, "refused, or that photo named", is_doubted(pathlib.Path(files[2]).name)


def doors(car, open_):
    """A door that is open in all photos, in some, in one."""
    says = ("door", "open", "mirror image")
    yield "a door open", open_[::3], "refused, or a door spoken of", is_doubted(*says)
    for name, those in (("every other photo", (1, 3, 5, 7)), ("half the walk", (0, 1, 2, 3)), ("one photo", (1,))):
        files = [(open_ if k in those else car)[3 * k] for k in range(8)]
        yield f"a door open in {name}", files, "refused, or a door spoken of", is_doubted(*says)


def questions(root, cache, data):
    """All of them."""
    listed = cases.entries(root / "fixtures/car-ring24/cameras.json")
    car = walk(root, cache, "car", lambda mask, e: mask)
    van = walk(root, cache, "van", lambda mask, e: outline(e, VAN))
    open_ = walk(root, cache, "door", lambda mask, e: np.maximum(mask, outline(e, DOOR)))
    side = is_refused("views_alike", "views_contradict")
    asked = [*counts(car), *strangers(car, van), *doors(car, open_),
             ("4 photos of half a walk", [car[k] for k in (0, 3, 6, 9)], "refused", side),
             ("8 photos of a quarter of a walk", car[:7] + car[23:], "refused", side),
             ("one photo 8 times", [car[3]] * 8, "refused as alike", is_refused("views_alike"))]
    if data:
        rooms = sorted((data / "G_robust/houses_realestate").glob("*_bedroom.jpg"))[:4]
        rooms += sorted((data / "G_robust/houses_realestate").glob("*_kitchen.jpg"))[4:8]
        asked.append(("8 rooms", rooms, "refused", is_refused("views_contradict", "no_usable_views")))
    truth, millimetres = cases.poses(listed), cases.film(listed[0])
    for name, files, wanted, judge in asked:
        options = {} if name == "8 rooms" else {"focal35": millimetres}
        yield Question(name, tuple(files), wanted, judge, options | {"triangles": 5000, "sheet": "false"}, truth)


def table(results):
    """A line a question, and how many answers are right."""
    heads = ["photos", "answer", "% of the radius", "agreement", "cost", "distinctness", "wanted", "right"]
    rows = []
    for name, s in results.items():
        evidence = s.get("evidence") or {}
        rows.append([name, s["grade"] if s["grade"] != "refused" else s["code"], report.number(s, "percent", 2),
                     report.number(s, "agreement", 3), report.number(evidence, "cost", 3),
                     report.number(evidence, "distinctness", 1), s["wanted"], "yes" if s["right"] else "NO"])
    right = sum(row[-1] == "yes" for row in rows)
    return f"{report.markdown(heads, rows)}\n\n{right} of {len(rows)} answers right"
