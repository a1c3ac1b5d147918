"""Tables of cutout's accuracy beside rembg's, per set: printed, and written under evaluation-out/cutout."""
import argparse
import dataclasses
import json
import os
import pathlib
import sys

import exact
import methods
import others
import parts
import scores
import sets
import sheets
import tables
import verdict

SIDES = ("parts", "others", "exact")  # what is measured besides the sets with masks


def arguments():
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="Evaluation/cutout/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", help="methods of ours that contain this text, e.g. 'u2net f32'; rembg's masks are kept")
    parser.add_argument("--set", default="", help="sets whose names contain this text, e.g. davis, meshes, parts, others, exact")
    parser.add_argument("--step", type=int, default=2, help="take every nth frame of a clip (default 2)")
    parser.add_argument("--no-sheets", action="store_true", help="draw no contact sheets")
    return parser.parse_args()


@dataclasses.dataclass
class Material:
    """The pictures that are looked at, and their links: all, and those with masks or outlined parts."""
    pictures: list
    outlined: dict
    plain: list
    links: dict
    truthful: dict


def gather(chosen, out):
    """The pictures that are asked for."""
    data = sets.data_folder(os.environ.get("RUNDUM_DATA"))
    asked = {side: data is not None and chosen.set in ("", side) for side in SIDES}
    found = {} if chosen.set in SIDES[:2] else sets.all_sets(
        chosen.root, data, out / "composites", chosen.step, "" if chosen.set == "exact" else chosen.set)
    pictures = [picture for items in found.values() for picture in items]
    outlined = {("parts", name): (photo, outlines) for name, photo, outlines in parts.photos(data)} if asked["parts"] else {}
    plain = list(others.pictures(data, out / "composites")) if asked["others"] else []
    wanted = [(p.key, p.photo) for p in pictures] + [(key, photo) for key, (photo, _) in outlined.items()]
    links = methods.linked(wanted + [(item.key, item.photo) for item in plain], out / "input")
    return Material(pictures, outlined, plain, links, {key: links[key] for key, _ in wanted})


def folder(out, method):
    """Where a method's masks are."""
    return out / "masks" / method.replace(" ", "-")


def accuracy(found, main):
    """Text and verdict rows of the masks and the parts."""
    results = found.results()
    peers = [peer for peer in methods.PEERS if peer in found.each]
    text, rows = [], []
    if results:
        text += [tables.accuracy(results)]
        text += [tables.against(results, found.each, main, peer) for peer in peers]
        text += [tables.regions(found.regions)]
        rows += verdict.accuracy(results, main, peers)
    if found.parts:
        text += [tables.recalls(found.parts)]
        rows += verdict.recall(found.parts[main])
    return text, rows


def precision(found, answers, main, fast):
    """Text and verdict rows of the fast precision."""
    if not (found.each.get(main) and found.each.get(fast)):
        return [], []
    changed = exact.gains(found.each[main], found.each[fast])
    return [tables.precision(exact.changes(answers[main], answers[fast]), changed)], verdict.precision(changed)


def report(text, rows, found, sides, out):
    """Prints and writes what was measured."""
    text = "\n\n".join([*text, "## Verdict", verdict.table(rows)])
    print(text, flush=True)
    (out / "table.md").write_text(text + "\n")
    (out / "table.json").write_text(json.dumps(found.record() | sides, indent=1, sort_keys=True))


def main():
    """Evaluates what was asked for."""
    chosen = arguments()
    out = chosen.root / "evaluation-out/cutout"
    material = gather(chosen, out)
    own, default = methods.ours()
    default, fast = f"rundum {default} f32", f"rundum {default} bf16"
    own = {method: options for method, options in own.items() if chosen.only in method} or sys.exit(f"no method contains {chosen.only!r}")
    first = default if default in own else next(iter(own))

    answers = {peer: methods.run_peer(model, material.truthful, folder(out, peer)) for peer, model in methods.PEERS.items()}
    for method, options in own.items():
        answers[method] = methods.run_ours(options, material.links if method == first else material.truthful, folder(out, method))
    found = scores.Scores(material.pictures, material.outlined)
    found.add(answers)

    text, rows = accuracy(found, first)
    stopped = others.counts(material.plain, answers[first], material.truthful) if material.plain else {}
    if stopped:
        text, rows = [*text, tables.reviews(stopped)], rows + verdict.reviews(stopped)
    more, bars = precision(found, answers, default, fast)
    text, rows = text + more, rows + bars
    again = {}
    if chosen.set in ("", "exact") and first.endswith("f32"):
        few = {picture.key: material.links[picture.key] for picture in material.pictures[::6]}
        again = exact.repeats(own[first], few, out / "masks/again", answers[first])
        text, rows = [*text, tables.repeats(again)], rows + verdict.repeats(again)
    if chosen.set or chosen.only:
        text.append("(not all sets or methods: the verdict is of these alone)")
    report(text, rows, found, {"reviews": stopped, "repeats": again}, out)
    if not chosen.no_sheets:
        sheets.draw(material, answers[first], found.each[first], found.lost[first], out / "sheets")


if __name__ == "__main__":
    main()
