"""Wall time, CPU time and peak memory of a full recipe on a 12-megapixel photo: cut-out, studio with shadow, three renditions.

Two figures: `cold`, both commands with their start for one photo; `warm`, what one photo more costs a process that runs
already, as it is in a worker, whose executors are started ahead with their models. Medians over photos and repetitions.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image, ImageOps

SIZE, THREADS = (4000, 3000), "2"
SECONDS, MEGABYTES = 3.0, 700
PROFILES = ("listing", "thumbnail", "square")
ENVIRONMENT = {"OMP_NUM_THREADS": THREADS, "VIPS_CONCURRENCY": THREADS}


def photos(root, folder):
    """JPEGs of 4000 x 3000 pixels with a sensor's noise: from sellers' photos where there are any, and our own car."""
    data = os.environ.get("RUNDUM_DATA")
    sources = sorted((root / "fixtures/car/photos").glob("0[28]*.jpg"))
    if data:
        sources += sorted(pathlib.Path(data, "C_plates/autoria_seller_photos").glob("1*.jpeg"))[:2]
    files = []
    for index, source in enumerate(sources):
        image = ImageOps.fit(ImageOps.exif_transpose(Image.open(source)).convert("RGB"), SIZE, Image.Resampling.LANCZOS)
        noise = np.random.default_rng(index).normal(0, 2, (SIZE[1], SIZE[0], 1)).astype(np.float32)
        pixels = (np.asarray(image, np.float32) + noise).round().clip(0, 255).astype(np.uint8)
        files.append(folder / f"photo-{index}.jpg")
        Image.fromarray(pixels).save(files[-1], quality=92)
    return files


def tree(process):
    """Resident bytes of a process and all that it started."""
    total, left = 0, [process]
    while left:
        current = left.pop()
        try:
            with open(f"/proc/{current}/statm", encoding="ascii") as file:
                total += int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            with open(f"/proc/{current}/task/{current}/children", encoding="ascii") as file:
                left += [int(word) for word in file.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    return total


def measured(words, home):
    """Wall seconds, CPU seconds and peak bytes of a command and what it starts."""
    began, peak = time.perf_counter(), 0
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env=os.environ | ENVIRONMENT | {"RUNDUM_HOME": str(home)})
    while True:
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            break
        peak = max(peak, tree(process.pid))
        time.sleep(.01)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        sys.exit(f"{' '.join(words[:3])} failed: {process.stderr.read().decode()[-1000:]}")
    process.stderr.close()
    return np.array([wall, usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss * 1024)])


def recipe(files, out, home, precision, background):
    """Both commands over some photos: [(wall, CPU, peak) of the cut-outs, of the renditions]."""
    binary = os.environ["RUNDUM_BINARY"]
    cut = measured([binary, "run", "cutout", *map(str, files), "--out", str(out / "cut"), "--abreast", "1",
                    "--set", f"precision={precision}", "--set", f"background={background}", "--set", "shadow=true"], home)
    names = []
    for file in files:
        composite = next((out / "cut" / file.stem).glob("composite.*"), None)
        if composite is None:
            sys.exit(f"{file.name}: no composite was made; see its result.json")
        names.append(out / f"{file.stem}{composite.suffix}")
        names[-1].symlink_to(composite)
    made = measured([binary, "run", "renditions", *map(str, names), "--out", str(out / "renditions"), "--abreast", "1",
                     "--set", "profiles=" + ",".join(PROFILES)], home)
    return [cut, made]


def run(files, scratch, turn, chosen):
    """One repetition over all photos: {step: [seconds, CPU seconds, peak]} for cold and warm."""
    alone = [recipe([file], scratch / f"{turn}-{file.stem}", chosen.home, chosen.precision, chosen.background) for file in files]
    together = recipe(files, scratch / f"{turn}-all", chosen.home, chosen.precision, chosen.background)
    steps = {}
    for index, step in enumerate(("cut-out and studio", "three renditions")):
        cold = np.median([parts[index] for parts in alone], 0)
        mean = np.mean([parts[index] for parts in alone], 0)
        more = (together[index] - mean) / (len(files) - 1)
        steps[step] = {"cold": cold.tolist(), "warm": [*more[:2].tolist(), float(together[index][2])]}
    return steps


def table(steps):
    """Markdown with the sum of the steps; memory is that of the larger one."""
    lines = ["| step | cold: seconds | CPU-s | peak MB | warm: seconds | CPU-s | peak MB |", "| --- " * 7 + "|"]
    total = {way: [sum(s[way][0] for s in steps.values()), sum(s[way][1] for s in steps.values()),
                   max(s[way][2] for s in steps.values())] for way in ("cold", "warm")}
    for name, row in (steps | {"whole recipe": total}).items():
        cells = [f"{value:.2f} | {cpu:.2f} | {peak / 1e6:.0f}" for value, cpu, peak in (row["cold"], row["warm"])]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "| bar | value | bound | met |", "| --- " * 4 + "|"]
    for way in ("cold", "warm"):
        lines.append(f"| {way}: seconds | {total[way][0]:.2f} | <= {SECONDS} | {'yes' if total[way][0] <= SECONDS else 'NO'} |")
        lines.append(f"| {way}: peak MB | {total[way][2] / 1e6:.0f} | <= {MEGABYTES} | "
                     f"{'yes' if total[way][2] / 1e6 <= MEGABYTES else 'NO'} |")
    return "\n".join(lines)


def main():
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(prog="Benchmarks/recipe/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--background", default="studio-light")
    chosen = parser.parse_args()
    out = chosen.root / "evaluation-out/recipe"
    out.mkdir(parents=True, exist_ok=True)
    chosen.home = chosen.root / "evaluation-out/home"
    with tempfile.TemporaryDirectory() as scratch:
        files = photos(chosen.root, pathlib.Path(scratch))
        recipe(files[:1], pathlib.Path(scratch, "first"), chosen.home, chosen.precision, chosen.background)  # compiles the networks
        turns = [run(files, pathlib.Path(scratch), turn, chosen) for turn in range(chosen.repeat)]
    steps = {step: {way: [statistics.median(turn[step][way][k] for turn in turns) for k in range(3)] for way in ("cold", "warm")}
             for step in turns[0]}
    text = table(steps)
    load = os.getloadavg()[0]
    print(f"{len(files)} photos of {SIZE[0]} x {SIZE[1]}, {chosen.repeat} repetitions, {THREADS} threads, precision "
          f"{chosen.precision}, {os.cpu_count()} cores, load {load:.1f}")
    print(text)
    (out / "bench.md").write_text(text + "\n")
    (out / "bench.json").write_text(json.dumps({"medians": steps, "turns": turns, "load": load}, indent=1))


if __name__ == "__main__":
    main()
