"""rembg as its package is used: one session, every file decoded, cut out, and written as PNG cut-out and PNG mask."""
import pathlib
import sys

from PIL import Image
from rembg import new_session, remove


def main(model, out, files):
    """Works through the files."""
    session = new_session(model)
    for file in map(pathlib.Path, files):
        with Image.open(file) as image:
            cutout = remove(image, session=session)
        folder = pathlib.Path(out) / file.stem
        folder.mkdir(parents=True, exist_ok=True)
        cutout.save(folder / "cutout.png")
        cutout.getchannel("A").save(folder / "mask.png")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
