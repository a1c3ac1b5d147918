"""Tables of cutout's accuracy beside rembg's, per set: printed, and written under evaluation-out/cutout."""
import argparse
import json
import os
import pathlib

import numpy as np
from PIL import Image

import methods
import metrics
import parts
import sets
import tables
import verdict


def arguments():
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="Evaluation/cutout/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", help="methods that contain this text")
    parser.add_argument("--set", default="", help="sets whose names contain this text, e.g. davis, meshes, parts")
    parser.add_argument("--step", type=int, default=2, help="take every nth frame of a clip (default 2)")
    return parser.parse_args()


class Scores:
    """What was measured, by method."""

    def __init__(self, pictures, outlined):
        self.pictures, self.outlined = pictures, outlined
        self.each = {}  # {method: {key: score}}
        self.regions = {"wheels' boxes, fixture": {}, "wheels' boxes, meshes": {}}
        self.parts = {}  # {method: {group: (kept, all)}}
        self.lost = []

    def add(self, method, answers):
        """Scores one method's answers."""
        each = self.each[method] = {}
        for picture in self.pictures:
            if picture.key not in answers:
                continue
            truth = np.asarray(Image.open(picture.truth).convert("L"))
            alpha = answers[picture.key].alpha
            each[picture.key] = metrics.score(alpha, truth, picture.soft)
            inside = metrics.boxes(alpha, truth, picture.wheels) if picture.wheels else None
            if inside:
                region = f"wheels' boxes, {'fixture' if picture.set == 'fixture' else 'meshes'}"
                self.regions[region].setdefault(method, []).append(inside)
        shares = [(key, group, parts.covered(answers[key].alpha, polygons)) for key, (_, found) in self.outlined.items()
                  if key in answers for group, polygons in found]
        if shares:
            self.parts[method] = parts.recall((group, share) for _, group, share in shares)
            self.lost += [{"method": method, "picture": key[1], "part": group, "covered": round(share, 3)}
                          for key, group, share in shares if share < parts.COVERED]

    def results(self):
        """{set: {method: summary}}."""
        names = list(dict.fromkeys(picture.set for picture in self.pictures))
        return {name: {method: metrics.summary([s for key, s in each.items() if key[0] == name])
                       for method, each in self.each.items() if each} for name in names}


def report(scores, main, chosen):
    """The report's text."""
    results = scores.results()
    text = [tables.accuracy(results)]
    for peer in methods.PEERS:
        if main in scores.each and peer in scores.each and results:
            text.append(tables.against(results, scores.each, main, peer))
    text.append(tables.regions(scores.regions))
    rows = verdict.accuracy(results, main, [peer for peer in methods.PEERS if peer in scores.each])
    if scores.parts:
        text.append(tables.recalls(scores.parts))
        rows += verdict.recall(scores.parts[main]) if main in scores.parts else []
    if chosen.set or chosen.only:
        text.append("(not all sets or methods: the verdict is of these alone)")
    return "\n\n".join([*text, verdict.table(rows)]), results


def main():
    """Evaluates what was asked for."""
    chosen = arguments()
    out = chosen.root / "evaluation-out/cutout"
    data = sets.data_folder(os.environ.get("RUNDUM_DATA"))
    found = sets.all_sets(chosen.root, data, out / "composites", chosen.step, chosen.set)
    pictures = [picture for items in found.values() for picture in items]
    outlined = {("parts", name): (photo, outlines) for name, photo, outlines in parts.photos(data)} \
        if data and chosen.set in "parts" else {}
    links = methods.linked([(p.key, p.photo) for p in pictures] + [(key, photo) for key, (photo, _) in outlined.items()],
                           out / "input")
    own, default = methods.ours()
    scores = Scores(pictures, outlined)
    for method, model in methods.PEERS.items():
        if chosen.only in method or not chosen.only.startswith("rundum"):  # kept masks cost nothing
            scores.add(method, methods.run_peer(model, links, out / "masks" / method.replace(" ", "-")))
    for method, options in own.items():
        if chosen.only in method:
            scores.add(method, methods.run_ours(options, links, out / "masks" / method.replace(" ", "-")))
    text, results = report(scores, f"rundum {default} f32", chosen)
    print(text)
    (out / "table.md").write_text(text + "\n")
    each = [{"set": key[0], "picture": key[1], "method": method} | s for method, rows in scores.each.items() for key, s in rows.items()]
    (out / "table.json").write_text(json.dumps({"summary": results, "pictures": each, "parts": scores.parts, "lost": scores.lost},
                                               indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
