"""The whole stage and the peer on one case, each as one process that is measured."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np

import poses

PEER = pathlib.Path(__file__).resolve().parent.parent / "sfm/peer_run.py"


def measured(words, log):
    """Exit code, CPU seconds (user and system) and peak bytes of one process."""
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen(list(map(str, words)), stdout=file, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, {"cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}


def found_poses(file):
    """{stem: (R, t)} of a cameras.json."""
    return {pathlib.Path(e["image"]).stem: (np.array(e["R"]), np.array(e["t"])) for e in json.loads(file.read_text())}


def reconstruct(files, options, out):
    """What `rundum run reconstruct` says and took: its data or its failure, and the folder's files."""
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    words = [os.environ["RUNDUM_BINARY"], "run", "reconstruct", *files, "--out", out]
    for key, value in options.items():
        words += ["--set", f"{key}={value}"]
    code, cost = measured(words, out.with_suffix(".log"))
    result = out / "result.json"
    if not result.exists():
        sys.exit(f"rundum ended with {code} and no result; see {out.with_suffix('.log')}")
    read = json.loads(result.read_text())
    return read.get("data"), read.get("failure"), cost


def ours(case, out):
    """A case's scores: what was said, what it cost, and the errors of its cameras."""
    data, failure, cost = reconstruct(case.files, case.options, out)
    score = dict(cost)
    if failure or not data:
        return score | {"grade": "refused", "code": (failure or {}).get("code", "unknown"), "placed": 0, "of": len(case.files)}
    keys = ("grade", "gradeReason", "path", "agreement", "evidence", "symmetric", "focal", "dimensions", "triangles")
    score |= {key: data.get(key) for key in keys} | {"placed": data["registered"], "of": len(case.files)}
    if case.truth:
        score |= poses.compare(found_poses(out / "cameras.json"), case.truth)
    return score


def peer(case, out):
    """The same of pycolmap on the same photos."""
    out.parent.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, PEER, *case.peer, "--out", out]
    if case.optics:
        words += ["--camera", ",".join(map(repr, map(float, case.optics)))]
    if case.masks:
        words += ["--masks", case.masks]
    code, cost = measured(words, out.with_suffix(".log"))
    if code:
        sys.exit(f"pycolmap ended with {code}; see {out.with_suffix('.log')}")
    found = found_poses_of(json.loads(out.read_text()))
    score = cost | {"placed": len(found), "of": len(case.peer)}
    return score | (poses.compare(found, case.truth) if case.truth else {})


def found_poses_of(said):
    """{stem: (R, t)} of what the peer writes."""
    return {pathlib.Path(e["image"]).stem: (np.array(e["R"]), np.array(e["t"])) for e in said["cameras"]}
