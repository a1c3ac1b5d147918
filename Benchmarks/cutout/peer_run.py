"""rembg as its package is used: one session, every file decoded, cut out, and written as PNG cut-out and PNG mask."""
import json
import pathlib
import sys
import time

from PIL import Image
from rembg import new_session, remove


def main(model, out, files):
    """Prints the seconds of each file."""
    session = new_session(model)
    seconds = []
    for file in map(pathlib.Path, files):
        began = time.perf_counter()
        with Image.open(file) as image:
            cutout = remove(image, session=session)
        folder = pathlib.Path(out) / file.stem
        folder.mkdir(parents=True, exist_ok=True)
        cutout.save(folder / "cutout.png")
        cutout.getchannel("A").save(folder / "mask.png")
        seconds.append(time.perf_counter() - began)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
