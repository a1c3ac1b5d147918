"""Letters for plates and signs: Debian's fonts, fitted into boxes as plates have them."""
import functools
import os
import pathlib

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FOLDER = pathlib.Path(os.environ.get("FONTS", "/usr/share/fonts"))
# Names of files without their endings: upright narrow and bold ones for plates, any for signs.
PLATE = ("OSP-DIN", "RobotoCondensed-Bold", "RobotoCondensed-Medium", "LiberationSansNarrow-Bold", "NimbusSansNarrow-Bold",
         "BebasNeue-Bold", "BebasNeue-Regular", "routed-gothic-narrow", "routed-gothic", "NationalPark-Heavy",
         "NationalPark-Regular", "Roboto-Bold", "LiberationSans-Bold", "LiberationMono-Bold", "Dosis-Bold", "Play-Bold",
         "Ubuntu-Title", "Cabin-Bold", "RobotoCondensed-Regular", "LiberationSansNarrow-Regular", "NimbusMonoPS-Bold",
         "Inconsolata", "Roboto-Medium")
SIGN = PLATE + ("Lato-Black", "Lato-Regular", "LiberationSerif-Bold", "lobster", "LeagueSpartan-Bold", "URWBookman-Demi",
                "C059-Bold", "P052-Bold", "URWGothic-Demi", "Lato-Light", "LiberationSerif-Regular", "Roboto-Light",
                "LeagueSpartan-Black", "TrainOne-Regular", "Dosis-Light")
ASIAN = "ipagp"


@functools.lru_cache(None)
def _files():
    return {file.stem: file for file in sorted(FOLDER.rglob("*.?tf"))}


@functools.lru_cache(256)
def _font(name, size):
    return ImageFont.truetype(str(_files()[name]), size)


def pick(dice, names):
    there = [name for name in names if name in _files()]
    if not there:
        raise SystemExit(f"none of the fonts is under {FOLDER}: install those that make names, or set FONTS to their folder")
    return there[int(dice.integers(len(there)))]


@functools.lru_cache(4096)
def glyphs(text, name, size=96):
    """The ink of a line, 0...255, cut to what it covers; None for nothing to see."""
    font = _font(name, size)
    box = font.getbbox(text)
    if box[2] <= box[0] or box[3] <= box[1]:
        return None
    image = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    ImageDraw.Draw(image).text((-box[0], -box[1]), text, 255, font)
    return np.asarray(image)


def spread(text, name, gap):
    """A line whose letters stand `gap` of their height apart; blanks are half a letter wide."""
    parts = [glyphs(letter, name) for letter in text]
    tall = max((part.shape[0] for part in parts if part is not None), default=0)
    if not tall:
        return None
    columns = []
    for letter, part in zip(text, parts):
        cell = np.zeros((tall, int(tall * .3)), np.uint8) if part is None else \
            np.pad(part, ((tall // 2 - part.shape[0] // 2 if letter in "-·•" else tall - part.shape[0], 0), (0, 0)))
        cell = np.pad(cell, ((0, max(0, tall - cell.shape[0])), (0, int(tall * gap) + 1)))[:tall]
        columns.append(cell)
    return np.concatenate(columns, 1)


def write(picture, ink, box, colour, share=1.0, keep=0.0):
    """Lay `ink` into box (left, top, width, height) in pixels; `keep` of 1 keeps its proportions, 0 fills the box.

    Returns the mask that was laid, 0...1 of the picture's size, or None.
    """
    left, top, wide, tall = (int(round(value)) for value in box)
    if ink is None or wide < 2 or tall < 2:
        return None
    natural = ink.shape[1] * tall / ink.shape[0]
    width = int(min(wide, max(2, natural * keep + wide * (1 - keep) if natural < wide else wide)))
    part = cv2.resize(ink, (width, tall), interpolation=cv2.INTER_AREA).astype(np.float32) * (share / 255)
    left += (wide - width) // 2
    x0, y0, x1, y1 = max(0, left), max(0, top), min(picture.shape[1], left + width), min(picture.shape[0], top + tall)
    if x1 <= x0 or y1 <= y0:
        return None
    part = part[y0 - top:y1 - top, x0 - left:x1 - left, None]
    picture[y0:y1, x0:x1] = picture[y0:y1, x0:x1] * (1 - part) + np.float32(colour) * part
    mask = np.zeros(picture.shape[:2], np.float32)
    mask[y0:y1, x0:x1] = part[..., 0]
    return mask
