"""Ours and the peer on one case, each as one process that is measured: CPU seconds (user and system) and peak memory."""
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

OURS, PEER = "rundum", "pycolmap"


def measured(words, log):
    """CPU seconds and peak bytes of one process; its exit code must be 0."""
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen(words, stdout=file, stderr=subprocess.STDOUT, env=os.environ)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{words[0]} ended with {process.returncode}; see {log}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}


def command(method, case, out):
    """What runs a method on a case and writes `out`."""
    words = [os.environ["RUNDUM_SFM"]] if method == OURS else [
        sys.executable, str(pathlib.Path(__file__).with_name("peer_run.py"))]
    words += [*map(str, case.photos), "--out", str(out)]
    if case.camera:
        words += ["--camera", ",".join(map(repr, map(float, case.camera)))]
    if case.masks:
        words += ["--masks", str(case.masks)]
    return words


def run(method, case, folder):
    """Poses {name: (R, t)}, what the method says, and what it took."""
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"{case.name.replace(', ', '-').replace(' ', '-')}.json"
    cost = measured(command(method, case, out), out.with_suffix(".log"))
    said = json.loads(out.read_text())
    poses = {entry["image"]: (np.array(entry["R"]), np.array(entry["t"])) for entry in said["cameras"]}
    return poses, said, cost
