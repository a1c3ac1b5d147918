"""Fits how the finder judges what it sees: weights of the evidence on one half of the pictures, measured on the other.

Prints the weights as PlateJudgement holds them, and for both halves what each pair of thresholds would cover, flag and lose.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import zlib

import numpy as np

import methods
import scores
import sets

NEAR, FAR, NAMED = .45, .2, .5
BELIEVED = (.02, .985)
NAMES = ["move", "surface", "middle", "strong", "weak", "letters", "against", "blank", "vehicle", "elsewhere", "small"]
# How the finder numbers what is read.
AGAINST, BLANK, LETTERS, WEAK, STRONG = range(5)
# How little the weights may go.
RIDGE = .05


def arguments():
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--kept", type=pathlib.Path, help="a file that keeps what the finder saw, to fit again without it")
    parser.add_argument("--sure", type=float, default=.6)
    parser.add_argument("--doubt", type=float, default=-2.0)
    return parser.parse_args()


def logit(share):
    """Log-odds within what is believed."""
    share = np.clip(share, *BELIEVED)
    return float(np.log(share / (1 - share)))


def row(seen):
    """A candidate's evidence as numbers, in the order of NAMES."""
    strength, mean = seen["strength"], seen["mean"]
    if strength == LETTERS and (seen["middle"] < NAMED or seen["likeness"] < NEAR):
        strength = AGAINST
    return [1, logit(seen["surface"]), logit(seen["middle"]), mean * (strength == STRONG), mean * (strength == WEAK),
            mean * (strength == LETTERS), strength == AGAINST, strength == BLANK, seen["likeness"] >= NEAR, seen["likeness"] < FAR, max(0., np.log(20 / max(seen["height"], 4)))]


def seen_on(pictures, kept):
    """{key: candidates}, from the finder or from what was kept of it."""
    if kept and kept.exists():
        return json.loads(kept.read_text())
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch, "seen.json")
        subprocess.run([os.environ["RUNDUM_PLATES"], *(str(p.path) for p in pictures), "--out", str(out), "--evidence"], check=True)
        records = json.loads(out.read_text())
    found = {picture.key: record["candidates"] for picture, record in zip(pictures, records)}
    if kept:
        kept.write_text(json.dumps(found))
    return found


def labelled(pictures, seen, extra):
    """Rows, whether each is a plate, its picture's half, and which plate of which picture it is (-1 for none)."""
    rows, right, half, whose = [], [], [], []
    for number, picture in enumerate(pictures):
        for candidate in seen[picture.key]:
            quad = np.array(candidate["quad"]) + .5
            found = methods.Found(quad)
            same = [scores.overlap(found, plate) for plate in picture.plates]
            best = int(np.argmax(same)) if same else -1
            hit = bool(same) and same[best] > .35
            if not hit and scores.known(found, extra.get(picture.key, [])):
                continue
            if not hit and any(scores.cover([quad], plate) > .3 for plate in picture.plates):
                continue  # A part of a plate is neither right nor wrong.
            rows.append(row(candidate))
            right.append(hit)
            half.append(zlib.crc32(picture.key.encode()) % 2)
            whose.append((number, best if hit else -1))
    return np.array(rows, float), np.array(right), np.array(half), whose


def fitted(rows, right):
    """Logistic regression by Newton's method, ridged."""
    weights = np.zeros(rows.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(bend, rows.T @ (right - chance) - RIDGE * weights)
    return weights


def told(name, pictures, odds, right, whose, chosen, sure, doubt):
    """What thresholds make of the pictures of one half."""
    plates = {(n, k): plate.height for n in chosen for k, plate in enumerate(pictures[n].plates)}
    covered = {w for w, o, r in zip(whose, odds, right) if r and o >= sure}
    flagged = {w for w, o, r in zip(whose, odds, right) if r and o >= doubt} - covered
    tall = [key for key, height in plates.items() if height >= 20]
    lost = [key for key in plates if key not in covered and key not in flagged]
    wrong = sum(o >= sure and not r for o, r in zip(odds, right))
    empty = {n for n in chosen if not pictures[n].plates}
    falsely = {w[0] for w, o, r in zip(whose, odds, right) if not r and o >= sure and w[0] in empty}
    asked = {w[0] for w, o, r in zip(whose, odds, right) if not r and o >= doubt and w[0] in empty}
    print(f"{name}: of {len(tall)} plates of 20 px {sum(key in covered for key in tall)} covered, {sum(key in flagged for key in tall)} flagged; "
          f"of all {len(plates)}: {len(covered)} covered, {len(flagged)} flagged, {len(lost)} lost; {wrong} wrong covers; "
          f"of {len(empty)} pictures without plates {len(falsely)} covered, {len(asked)} flagged")
    for n, k in lost:
        print("   lost", pictures[n].key, k, f"{plates[n, k]:.0f} px")


def main():
    """Fits and tells."""
    chosen = arguments()
    data = sets.data_folder(os.environ.get("RUNDUM_DATA"))
    pictures = list(sets.all_sets(chosen.root, data)) + list(sets.plateless(chosen.root, data))
    seen = seen_on(pictures, chosen.kept)
    rows, right, half, whose = labelled(pictures, seen, scores.also())
    weights = fitted(rows[half == 0], right[half == 0])
    print({name: round(float(value), 2) for name, value in zip(NAMES, weights)})
    odds = rows @ weights
    for side, name in ((0, "fitted"), (1, "measured")):
        mine = half == side
        numbers = [n for n, picture in enumerate(pictures) if zlib.crc32(picture.key.encode()) % 2 == side]
        told(name, pictures, odds[mine], right[mine], [w for w, m in zip(whose, mine) if m], numbers, chosen.sure, chosen.doubt)


if __name__ == "__main__":
    main()
