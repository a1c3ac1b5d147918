"""Sets 24 real lot photos before studios and pictures: a contact sheet and every composite, to be looked at.

Writes `evaluation-out/composites`: `NN-name.jpg` (1600 x 1200), `sheet.png`, `details.png` (wheels and roof at 100 %).
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

from PIL import Image

CELL, DETAIL = (480, 360), (420, 300)


def composed(data, out, cars):
    """Runs the binary once for each group of cars with equal options; yields each car's result folder."""
    groups = collections.defaultdict(list)
    for car in cars:
        groups[json.dumps([car["options"], car.get("background")], sort_keys=True)].append(car)
    for number, (key, group) in enumerate(groups.items()):
        options, background = json.loads(key)
        folder = out / "results" / str(number)
        command = [os.environ["RUNDUM_BINARY"], "run", "cutout", *(str(data / car["photo"]) for car in group),
                   "--out", str(folder)]
        for name, value in options.items():
            command += ["--set", f"{name}={value}"]
        if background:
            command += ["--with", f"background={data / background}"]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode not in (0, 3):
            sys.exit(f"rundum failed: {done.stderr.decode()[-2000:]}")
        for car in group:
            yield car["number"], folder / pathlib.Path(car["photo"]).stem


def details(picture, data):
    """Parts at 100 %: both ends of the wheel line, and the roof's edge."""
    place, box = data["composite"], data["box"]

    def on_canvas(x, y):
        anchor, target = place["anchor"], place["target"]
        return (target["x"] + place["scale"] * (x - anchor["x"]), target["y"] + place["scale"] * (y - anchor["y"]))

    left, top = on_canvas(box[0], box[1])
    right, bottom = on_canvas(box[0] + box[2], data["wheelLine"])
    width = right - left
    middles = [(left + 0.2 * width, bottom - 40), (right - 0.2 * width, bottom - 60), ((left + right) / 2, top + 90)]
    for x, y in middles:
        x = min(max(int(x) - DETAIL[0] // 2, 0), picture.width - DETAIL[0])
        y = min(max(int(y) - DETAIL[1] // 2, 0), picture.height - DETAIL[1])
        yield picture.crop((x, y, x + DETAIL[0], y + DETAIL[1]))


def pasted(pictures, columns, size):
    """All pictures in one, `columns` beside each other."""
    rows = (len(pictures) + columns - 1) // columns
    sheet = Image.new("RGB", (columns * size[0], rows * size[1]), (40, 40, 40))
    for index, picture in enumerate(pictures):
        sheet.paste(picture.resize(size, Image.LANCZOS) if picture.size != size else picture,
                    (index % columns * size[0], index // columns * size[1]))
    return sheet


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--only", type=int, nargs="*", help="numbers of the cars to make")
    arguments = parser.parse_args()
    data = pathlib.Path(os.environ.get("RUNDUM_DATA", ""))
    if not os.environ.get("RUNDUM_DATA") or not data.is_dir():
        print("skipped: no data (set RUNDUM_DATA)")
        return 0
    cars = json.loads((arguments.root / "Evaluation/composites/cars.json").read_text())
    for number, car in enumerate(cars, 1):
        car["number"] = number
    if arguments.only:
        cars = [car for car in cars if car["number"] in arguments.only]
    out = arguments.root / "evaluation-out/composites"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    folders = dict(composed(data, out, cars))
    pictures, parts, missing = [], [], []
    for car in cars:
        folder, name = folders[car["number"]], f"{car['number']:02}-{pathlib.Path(car['photo']).stem[:40]}.jpg"
        result = json.loads((folder / "result.json").read_text())
        if not (folder / "composite.jpg").exists():
            missing.append(f"{name}: {result.get('failure') or result['review']}")
            continue
        shutil.copy(folder / "composite.jpg", out / name)
        picture = Image.open(out / name).convert("RGB")
        pictures.append(picture)
        parts += details(picture, result["data"])
        place = result["data"]["composite"]
        print(f"{name}: {place['background']}, {place['view']}, scale {place['scale']:.2f}, tone {place['toneGain']}, "
              f"white balance {place['whiteBalance']}, light {place['lightX']:.2f}")
    pasted(pictures, 4, CELL).save(out / "sheet.png")
    pasted(parts, 6, DETAIL).save(out / "details.png")
    shutil.rmtree(out / "results")
    print("\n".join(missing + [f"{len(pictures)} composites in {out.relative_to(arguments.root)}"]))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
