"""CPU seconds and peak memory of whole processes, photos in and cameras out; repetitions alternate, medians are printed."""
import argparse
import json
import os
import pathlib
import statistics

import methods
import sets

SETS = ("fountain", "car, 8")


def table(results):
    """Markdown, with ratios to the peer."""
    lines = ["| set | method | CPU-s | ratio | peak MB | ratio |", "| --- " * 6 + "|"]
    for name, each in results.items():
        peer = each[methods.PEER]
        for method, s in each.items():
            lines.append(f"| {name} | {method} | {s['cpu']:.1f} | {s['cpu'] / peer['cpu']:.3f} | "
                         f"{s['peak'] / 1e6:.0f} | {s['peak'] / peer['peak']:.2f} |")
    return "\n".join(lines)


def steps(results):
    """Where our seconds go, a line a set."""
    names = sorted({step for said in results.values() for step in said})
    lines = ["| set | " + " | ".join(names) + " |", "| --- " * (len(names) + 1) + "|"]
    for name, said in results.items():
        lines.append(f"| {name} | " + " | ".join(f"{said.get(step, 0):.2f}" for step in names) + " |")
    return "\n".join(lines)


def main():
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(prog="Benchmarks/sfm/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--set", default="", help="sets whose names contain this text")
    chosen = parser.parse_args()
    out = chosen.root / "evaluation-out/sfm"
    cases = [case for case in sets.all_cases(chosen.root, sets.data_folder(os.environ.get("RUNDUM_DATA")), out, chosen.set)
             if case.name.startswith(SETS)]
    samples = {case.name: {methods.PEER: [], methods.OURS: []} for case in cases}
    said = {}
    for _ in range(chosen.repeat):
        for case in cases:
            for method, taken in samples[case.name].items():
                _, answer, cost = methods.run(method, case, out / "bench" / method)
                taken.append(cost)
                if method == methods.OURS:
                    said[case.name] = answer["steps"]
    results = {name: {method: {key: statistics.median(s[key] for s in taken) for key in ("cpu", "peak")}
                      for method, taken in each.items()} for name, each in samples.items()}
    text = f"{table(results)}\n\nCPU-s of each step:\n\n{steps(said)}"
    print(f"{chosen.repeat} repetitions, each method in one thread")
    print(text)
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.md").write_text(text + "\n")
    (out / "bench.json").write_text(json.dumps({"medians": results, "samples": samples, "steps": said}, indent=1))


if __name__ == "__main__":
    main()
