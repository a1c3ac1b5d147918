"""CPU seconds and peak memory of 8 cut-outs to a GLB, whole processes, beside pycolmap on the photos; medians are printed."""
import argparse
import json
import pathlib
import statistics
import sys

import cases
import product

CPU, MEMORY = 60, 1e9
OURS, PHOTOS, PEER = "rundum, cut-outs", "rundum, photos", "pycolmap, photos"


def once(method, photos, cutouts, out):
    """What one run placed and took."""
    if method == PEER:
        return product.peer(photos, out / "peer.json")
    return product.ours(cutouts if method == OURS else photos, out / "model")


def table(results):
    """Markdown, with the bars."""
    lines = ["| method | placed | CPU-s, median | most | peak MB, median | most | bars |", "| --- " * 7 + "|"]
    for method, taken in results.items():
        cpu, peak = ([s[key] for s in taken] for key in ("cpu", "peak"))
        is_met = max(cpu) <= CPU and max(peak) <= MEMORY and taken[0]["placed"] == taken[0]["of"]
        bars = "-" if method == PEER else "met" if is_met else "NOT met"
        lines.append(f"| {method} | {taken[0]['placed']} of {taken[0]['of']} | {statistics.median(cpu):.1f} | {max(cpu):.1f} | "
                     f"{statistics.median(peak) / 1e6:.0f} | {max(peak) / 1e6:.0f} | {bars} |")
    return "\n".join(lines)


def main():
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(prog="Benchmarks/model/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-peer", action="store_true", help="leave pycolmap out")
    chosen = parser.parse_args()
    out = chosen.root / "evaluation-out/model"
    out.mkdir(parents=True, exist_ok=True)
    photos, cutouts = list(cases.fixture(chosen.root, chosen.root / "evaluation-out/reconstruct/input", None))[:2]
    methods = [OURS, PHOTOS] + ([] if chosen.no_peer else [PEER])
    results = {method: [] for method in methods}
    for _ in range(chosen.repeat):
        for method in methods:
            results[method].append(once(method, photos, cutouts, out))
    text = table(results)
    print(f"{chosen.repeat} repetitions, 8 views of 1600 x 1067; bars: {CPU} CPU-s and {MEMORY / 1e6:.0f} MB for every run")
    print(text)
    (out / "bench.md").write_text(text + "\n")
    (out / "bench.json").write_text(json.dumps(results, indent=1))
    if any("NOT" in line for line in text.splitlines()):
        sys.exit(1)


if __name__ == "__main__":
    main()
