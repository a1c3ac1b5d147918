"""Wall and CPU seconds a photo, without start and loading, and peak memory; repetitions alternate, medians are printed."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from PIL import Image

THREADS, MORE = 2, 4
OURS, PEER = "rundum", "platedet"
LARGE = (4000, 3000)


def measured(words):
    """Wall seconds, CPU seconds and peak bytes of one process."""
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{words[0]} ended with {process.returncode}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def command(method, photos, times, root, out):
    """One finder over photos, each so many times, in one process."""
    if method == PEER:
        return [sys.executable, str(root / "Benchmarks/plates/peer_run.py"), str(times), str(THREADS), *photos]
    return [os.environ["RUNDUM_PLATES"], *photos, "--out", str(out), "--threads", str(THREADS), "--repeat", str(times)]


def run(method, photos, root, out):
    """What each further time takes: start, loading and the first time at a size don't count."""
    wall, cpu, _ = measured(command(method, photos, 1, root, out))
    more, more_cpu, peak = measured(command(method, photos, 1 + MORE, root, out))
    count = MORE * len(photos)
    return {"wall": (more - wall) / count, "cpu": (more_cpu - cpu) / count, "peak": peak}


def cases(root, scratch):
    """{name: photos}: one of our car's photos at 12 megapixels, and all as they are."""
    photos = sorted((root / "fixtures/car/photos").glob("*.jpg"))
    large = scratch / "large.jpg"
    Image.open(photos[0]).resize(LARGE, Image.Resampling.BICUBIC).save(large, quality=90)
    return {"12 megapixels": [str(large)], "fixture": [str(photo) for photo in photos]}


def table(results):
    """Markdown."""
    lines = ["| photos | finder | wall s | CPU-s | peak MB |", "| --- " * 5 + "|"]
    for name, each in results.items():
        for method, s in each.items():
            lines.append(f"| {name} | {method} | {s['wall']:.2f} | {s['cpu']:.2f} | {s['peak'] / 1e6:.0f} |")
    return "\n".join(lines)


def main():
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(prog="Benchmarks/plates/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        found = cases(chosen.root, scratch)
        samples = {name: {OURS: [], PEER: []} for name in found}
        for _ in range(chosen.repeat):
            for name, photos in found.items():
                for method, taken in samples[name].items():
                    taken.append(run(method, photos, chosen.root, scratch / "found.json"))
    results = {name: {method: {key: statistics.median(s[key] for s in taken) for key in taken[0]} for method, taken in each.items()}
               for name, each in samples.items()}
    text = table(results)
    print(f"{chosen.repeat} repetitions, {THREADS} threads, {os.cpu_count()} cores")
    print(text)
    out = chosen.root / "evaluation-out/plates"
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.md").write_text(text + "\n")
    (out / "bench.json").write_text(json.dumps({"medians": results, "samples": samples}, indent=1))


if __name__ == "__main__":
    main()
