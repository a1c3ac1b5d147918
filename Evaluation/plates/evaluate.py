"""Tables of how well plates are found, per set and height, beside other finders; written under evaluation-out/plates."""
import argparse
import json
import os
import pathlib

import methods
import scores
import sets
import sheets
import tables


def arguments():
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="Evaluation/plates/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", help="finders that contain this text, e.g. rundum")
    parser.add_argument("--set", default="", help="sets whose names contain this text, e.g. openalpr")
    return parser.parse_args()


def grouped(pictures):
    """{set: pictures}."""
    found = {}
    for picture in pictures:
        found.setdefault(picture.set, []).append(picture)
    return found


def record(score):
    """What is kept of a score for later looks."""
    return [{"picture": row.picture.key, "height": round(float(row.plate.height), 1), "iou": round(row.iou, 4), "covered": round(row.covered, 4),
             "masked": row.masked, "corner": row.corner, "flagged": row.flagged} for row in score.rows]


def main():
    """Evaluates what was asked for."""
    chosen = arguments()
    out = chosen.root / "evaluation-out/plates"
    data = sets.data_folder(os.environ.get("RUNDUM_DATA"))
    known = grouped(p for p in sets.all_sets(chosen.root, data) if chosen.set in p.set)
    empty = grouped(p for p in sets.plateless(chosen.root, data) if chosen.set in p.set) if data else {}
    if data is None:
        print("skipped: no data (RUNDUM_DATA); only our own car is measured")
    every = [picture for group in (*known.values(), *empty.values()) for picture in group]
    with_plates, without, extra = {}, {}, scores.also()
    for method, run in methods.METHODS.items():
        if chosen.only not in method:
            continue
        answers = run(every)
        with_plates[method] = {name: scores.score(group, answers, extra) for name, group in known.items()}
        without[method] = {name: scores.score(group, answers, extra) for name, group in empty.items()}
        sheets.draw(with_plates[method], without[method], answers, out / method.replace(" ", "-"))
    text = "\n\n".join([tables.by_set(with_plates), tables.by_band(with_plates), tables.plateless(without),
                        "## Verdict", tables.verdict(with_plates, without)])
    print(text)
    out.mkdir(parents=True, exist_ok=True)
    (out / "table.md").write_text(text + "\n")
    (out / "table.json").write_text(json.dumps(
        {method: {name: record(score) for name, score in each.items()} for method, each in with_plates.items()}, indent=1))


if __name__ == "__main__":
    main()
