"""Tables of the scene path's accuracy and cost beside pycolmap, per set: printed, and written under evaluation-out/sfm."""
import argparse
import json
import os
import pathlib

import methods
import poses
import sets
import tables


def arguments():
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="Evaluation/sfm/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--set", default="", help="sets whose names contain this text, e.g. fountain, dino, car")
    parser.add_argument("--no-peer", action="store_true", help="leave pycolmap out; no ratio is judged then")
    return parser.parse_args()


def main():
    """Evaluates what was asked for."""
    chosen = arguments()
    out = chosen.root / "evaluation-out/sfm"
    out.mkdir(parents=True, exist_ok=True)
    results, reasons = {}, {}
    for case in sets.all_cases(chosen.root, sets.data_folder(os.environ.get("RUNDUM_DATA")), out, chosen.set):
        results[case.name] = {}
        for method in (methods.OURS,) if chosen.no_peer else (methods.PEER, methods.OURS):
            found, said, cost = methods.run(method, case, out / method)
            score = poses.compare(found, case.truth) | cost | {"reprojection": said["reprojectionError"]}
            if case.unit and "rmse" in score:
                score["millimetres"] = score["rmse"] * case.unit
            results[case.name][method] = score
            if method == methods.OURS:
                reasons[case.name] = {entry["image"]: entry["reason"] for entry in said["unplaced"]}
        print(f"measured: {case.name}", flush=True)
    text = "\n\n".join([tables.accuracy(results), tables.unplaced(reasons), "## Verdict", tables.verdict(results)])
    print(text)
    (out / "table.md").write_text(text + "\n")
    (out / "table.json").write_text(json.dumps({"results": results, "unplaced": reasons}, indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
