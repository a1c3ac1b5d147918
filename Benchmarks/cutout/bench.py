"""Images a second, CPU seconds an image and peak memory of each method; repetitions alternate, medians are printed."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

THREADS = "2"
OURS = {"rundum u2net f32": ("u2net", "f32"), "rundum u2net bf16": ("u2net", "bf16"),
        "rundum u2netp f32": ("u2netp", "f32"), "rundum u2netp bf16": ("u2netp", "bf16")}
PEERS = {"rembg u2net": "u2net", "rembg u2netp": "u2netp"}


def measured(words, environment):
    """Wall seconds, CPU seconds and peak bytes of one process."""
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=os.environ | environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        sys.exit(f"{words[0]} ended with {process.returncode}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def command(method, files, root, out):
    """One method over files, in one process: decode, cut out, write PNG cut-outs and PNG masks."""
    if method in PEERS:
        return [sys.executable, str(root / "Benchmarks/cutout/peer_run.py"), PEERS[method], str(out), *files]
    model, precision = OURS[method]
    return [os.environ["RUNDUM_BINARY"], "run", "cutout", *files, "--out", str(out), "--set", f"model={model}",
            "--set", f"precision={precision}"]


def run(method, files, root, out):
    """One repetition. What one file takes alone is taken off, so that neither side's start counts in the speed."""
    environment = {"OMP_NUM_THREADS": THREADS, "RUNDUM_HOME": str(root / "evaluation-out/home")}
    first, first_cpu, _ = measured(command(method, files[:1], root, out / "first"), environment)
    wall, cpu, peak = measured(command(method, files, root, out / "all"), environment)
    return {"seconds": (wall - first) / (len(files) - 1), "whole": wall / len(files),
            "cpu": (cpu - first_cpu) / (len(files) - 1), "peak": peak}


def table(results):
    """Markdown, with ratios to rembg on the same network."""
    lines = ["| method | images/s | ratio | images/s with start | CPU-s an image | ratio | peak MB | ratio |",
             "| --- " * 8 + "|"]
    for method, s in results.items():
        peer = results.get("rembg " + method.split()[1], s)
        lines.append(f"| {method} | {1 / s['seconds']:.2f} | {peer['seconds'] / s['seconds']:.2f} | "
                     f"{1 / s['whole']:.2f} | {s['cpu']:.2f} | {peer['cpu'] / s['cpu']:.2f} | "
                     f"{s['peak'] / 1e6:.0f} | {s['peak'] / peer['peak']:.2f} |")
    return "\n".join(lines)


def photos(root):
    """Our own car's views, and where there are the real pictures as many of those."""
    files = sorted((root / "fixtures/car/photos").glob("*.jpg"))
    data = os.environ.get("RUNDUM_DATA")
    if data:
        files += sorted(pathlib.Path(data, "B_matting/carvana_noGT").glob("*.jpg"))[:8]
    return [str(file) for file in files]


def main():
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(prog="Benchmarks/cutout/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="", help="methods that contain this text")
    parser.add_argument("files", nargs="*", metavar="PHOTO", help="photos; by default the fixture's and some real ones")
    chosen = parser.parse_args()
    files = [str(pathlib.Path(file).resolve()) for file in chosen.files] or photos(chosen.root)
    methods = [method for method in [*PEERS, *OURS] if chosen.only in method]
    samples = {method: [] for method in methods}
    with tempfile.TemporaryDirectory() as scratch:
        for turn in range(chosen.repeat):
            for method in methods:
                out = pathlib.Path(scratch, f"{turn}-{method.replace(' ', '-')}")
                samples[method].append(run(method, files, chosen.root, out))
    results = {method: {key: statistics.median(s[key] for s in taken) for key in taken[0]}
               for method, taken in samples.items()}
    text = table(results)
    print(f"{len(files)} files, {chosen.repeat} repetitions, {THREADS} threads, {os.cpu_count()} cores")
    print(text)
    out = chosen.root / "evaluation-out/cutout"
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.md").write_text(text + "\n")
    (out / "bench.json").write_text(json.dumps({"medians": results, "samples": samples}, indent=1))


if __name__ == "__main__":
    main()
