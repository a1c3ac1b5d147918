"""The whole stage on rings with known truth, beside pycolmap: tables and a verdict, under evaluation-out/reconstruct."""
import argparse
import json
import os
import pathlib

import answers
import cases
import colmap
import held
import poses
import product
import report
import surface

OURS, PEER = "rundum", "pycolmap"


def arguments():
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="Evaluation/reconstruct/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rings", type=pathlib.Path, help="the drawn rings of the vehicle meshes")
    parser.add_argument("--only", action="append", help="sets whose names contain this text; may be given again")
    parser.add_argument("--no-peer", action="store_true", help="leave pycolmap out")
    parser.add_argument("--again", action="store_true", help="what was measured before counts too, unless it is run now")
    return parser.parse_args()


def data_folder():
    """The folder of real pictures, or None."""
    named = os.environ.get("RUNDUM_DATA")
    folder = pathlib.Path(named) if named else None
    return folder if folder and folder.is_dir() else None


def all_cases(chosen, cache):
    """What there are files for."""
    yield from cases.fixture(chosen.root, cache, lambda: surface.triangles_of(chosen.root / "fixtures/car/mesh.glb"))
    data = data_folder()
    if not data:
        print("skipped: no data (RUNDUM_DATA names no folder): only our own car is measured")
        return
    if chosen.rings:
        yield from cases.vehicles(chosen.rings, cache, lambda name: vehicle_surface(data, name))
    yield from cases.dinosaur(data, cache)
    yield from cases.beetle(data, cache)


def vehicle_surface(data, name):
    """The triangles of a vehicle as the rings show it."""
    import rings
    import vehicles
    return rings.standing(data, next(v for v in vehicles.VEHICLES if v.name == name))[0]


def measure(case, out):
    """Ours on one case, with the surface and the photos that were kept back where these are known."""
    score = product.ours(case, out)
    if score["grade"] == "refused" or score["path"] != "object":
        return score
    triangles, similarity = surface.triangles_of(out / "model.glb"), None
    if case.truth:
        found = product.found_poses(out / "cameras.json")
        names = sorted(set(found) & set(case.truth))
        similarity = poses.similarity(poses.centres(found, names), poses.centres(case.truth, names))
        if case.surface:
            scale, turn, shift = similarity
            score["off"], score["short"] = surface.distance(scale * triangles @ turn.T + shift, case.surface())
    if case.held:
        score |= held.score(case, out, triangles, similarity, score["symmetric"])
    return score


def rings(chosen, out, results):
    """Scores of the rings into `results`, kept in a file after each."""
    for case in all_cases(chosen, out / "input"):
        if not is_wanted(chosen, case.name):
            continue
        folder = out / "runs" / file_name(case.name)
        result = {"group": case.group, "bars": case.bars, OURS: measure(case, folder)}
        if case.peer and not chosen.no_peer:
            result[PEER] = product.peer(case, folder.with_suffix(".peer.json"))
        results[case.name] = result
        print(f"measured: {case.name}: {report.line(result[OURS])}", flush=True)
        (out / "rings.json").write_text(json.dumps(results, indent=1))


def asked(chosen, out, results):
    """The same of the questions."""
    for question in answers.questions(chosen.root, out / "input", data_folder()):
        if not is_wanted(chosen, question.name):
            continue
        score = product.ours(question, out / "runs" / file_name(question.name))
        results[question.name] = score | {"wanted": question.wanted, "right": bool(question.judge(score))}
        print(f"asked: {question.name}: {report.line(score)}", flush=True)
        (out / "answers.json").write_text(json.dumps(results, indent=1))


def exports(chosen, out, results):
    """What pycolmap finds wrong with the COLMAP files of both paths, into `results`."""
    car, data = list(cases.fixture(chosen.root, out / "input", None))[1], data_folder()
    runs = {"export of our car": (car.files, car.options | {"triangles": 5000})}
    if data:
        photos = sorted((data / "A_sfm/strecha_fountain-P11/images").glob("*.jpg"))[:6]
        runs["export of the fountain"] = (photos, {"subject": "scene"})
    for name, (files, options) in runs.items():
        if is_wanted(chosen, name):
            folder = out / "runs" / file_name(name)
            product.reconstruct(files, options | {"colmap": "true"}, folder)
            wrong, counts = colmap.check(folder)
            results[name] = {"counts": counts, "wrong": wrong}
            (out / "exports.json").write_text(json.dumps(results, indent=1))


def is_wanted(chosen, name):
    """Whether a name contains one of the texts that were given."""
    return any(text in name for text in chosen.only or [""])


def file_name(name):
    """For a folder."""
    return name.replace(", ", "-").replace(" ", "-").replace("%", "percent")


def kept(chosen, file):
    """What an earlier run measured, if that shall count."""
    return json.loads(file.read_text()) if chosen.again and file.exists() else {}


def main():
    """Measures what was asked for."""
    chosen = arguments()
    out = chosen.root / "evaluation-out/reconstruct"
    out.mkdir(parents=True, exist_ok=True)
    known, replies, files = (kept(chosen, out / f"{name}.json") for name in ("rings", "answers", "exports"))
    rings(chosen, out, known)
    asked(chosen, out, replies)
    exports(chosen, out, files)
    text = "\n\n".join([report.text(known), "## Other sets of photos", answers.table(replies),
                        "## COLMAP files, read by pycolmap", colmap.table(files)])
    print(text)
    (out / "table.md").write_text(text + "\n")


if __name__ == "__main__":
    main()
