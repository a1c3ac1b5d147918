"""A table of cutout's accuracy beside rembg's, per set: printed, and written under evaluation-out/cutout."""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
from PIL import Image

import metrics
import sets

OURS = {"rundum u2net f32": ("u2net", "f32"), "rundum u2net bf16": ("u2net", "bf16"),
        "rundum u2netp f32": ("u2netp", "f32")}
PEERS = {"rembg u2net": "u2net", "rembg u2netp": "u2netp"}


def linked(pictures, folder):
    """All pictures of all sets in one folder under names of their own, so that one process takes them."""
    folder.mkdir(parents=True, exist_ok=True)
    links = {}
    for key, photo in pictures.items():
        link = folder / f"{key[0].replace(' ', '-')}--{key[1]}{photo.suffix}"
        link.unlink(missing_ok=True)
        link.symlink_to(photo.resolve())
        links[key] = link
    return links


def ours(model, precision, links, out):
    """Our masks: one process over all files."""
    shutil.rmtree(out, ignore_errors=True)
    command = [os.environ["RUNDUM_BINARY"], "run", "cutout", *map(str, links.values()), "--out", str(out),
               "--set", f"model={model}", "--set", f"precision={precision}"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"rundum failed: {done.stderr.decode()[-2000:]}")
    for key, link in links.items():
        yield key, np.asarray(Image.open(out / link.stem / "mask.png").convert("L"))


def peers(model, links, out):
    """rembg's own masks, kept between runs: nothing that we change changes them."""
    from rembg import new_session, remove  # late: it is slow to import
    out.mkdir(parents=True, exist_ok=True)
    session = None
    for key, link in links.items():
        kept = out / f"{link.stem}.png"
        if not kept.exists():
            session = session or new_session(model)
            remove(Image.open(link), session=session, only_mask=True).save(kept)
        yield key, np.asarray(Image.open(kept).convert("L"))


def table(results):
    """Markdown: a line per set and method."""
    lines = ["| set | pictures | method | IoU | IoU, 5th percentile | boundary F | MAE |", "| --- " * 7 + "|"]
    for name, methods in results.items():
        for method, s in methods.items():
            lines.append(f"| {name} | {s['pictures']} | {method} | {s['iou']:.4f} | {s['iou5']:.4f} | "
                         f"{s['boundaryF']:.4f} | {s['mae']:.4f} |")
    return "\n".join(lines)


def main():
    """Evaluates what was asked for."""
    parser = argparse.ArgumentParser(prog="Evaluation/cutout/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", help="methods that contain this text")
    parser.add_argument("--step", type=int, default=2, help="take every nth frame of a clip (default 2)")
    chosen = parser.parse_args()
    out = chosen.root / "evaluation-out/cutout"
    data = sets.data_folder(os.environ.get("RUNDUM_DATA"))
    found = sets.all_sets(chosen.root, data, out / "composites", chosen.step)
    pictures = {(name, stem): photo for name, items in found.items() for stem, photo, _ in items}
    truths = {(name, stem): np.asarray(Image.open(truth).convert("L")) for name, items in found.items()
              for stem, _, truth in items}
    links = linked(pictures, out / "input")

    runs = {method: peers(model, links, out / "masks" / method.replace(" ", "-")) for method, model in PEERS.items()}
    runs |= {method: ours(*how, links, out / "masks" / method.replace(" ", "-")) for method, how in OURS.items()}
    results, each = {name: {} for name in found}, []
    for method, masks in runs.items():
        if chosen.only not in method:
            continue
        scores = {name: [] for name in found}
        for (name, stem), alpha in masks:
            score = metrics.score(alpha, truths[name, stem])
            scores[name].append(score)
            each.append({"set": name, "picture": stem, "method": method} | score)
        for name, of_set in scores.items():
            results[name][method] = metrics.summary(of_set)
    text = table(results)
    print(text)
    (out / "table.md").write_text(text + "\n")
    (out / "table.json").write_text(json.dumps({"summary": results, "pictures": each}, indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
