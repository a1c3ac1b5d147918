"""Fronts and rears of cars as a draughtsman would simplify them, each with the place where its plate belongs."""
import cv2
import numpy as np

from families import WORDS, any_colour
from lettering import SIGN, glyphs, pick, write

WIDE, TALL = 560, 440
MODELS = "TDI GTI 2.0 T4 XDRIVE 4x4 320d C180 CORSA FOCUS quattro HYBRID S-Line LOGAN 1.6 16V V6 TURBO ELANTRA HDi TSI".split()


def colour(dice):
    """A car's paint: mostly greys, blacks and whites."""
    if dice.uniform() < .5:
        return np.full(3, dice.uniform(10, 245)) + dice.normal(size=3) * 6
    return any_colour(dice, 5, 235)


def tint(value):
    return tuple(float(x) for x in np.clip(value, 0, 255))


def polygon(picture, points, ink, alpha=1.0):
    points = np.int32(np.round(np.array(points) * 16))
    if alpha >= 1:
        cv2.fillPoly(picture, [points], tint(ink), cv2.LINE_AA, 4)
        return
    over = picture.copy()
    cv2.fillPoly(over, [points], tint(ink), cv2.LINE_AA, 4)
    picture[:] = picture * (1 - alpha) + over * alpha


def box(picture, left, top, right, bottom, ink, round_by=0.0, alpha=1.0):
    """A rectangle with cut corners."""
    r = round_by * min(right - left, bottom - top)
    polygon(picture, [(left + r, top), (right - r, top), (right, top + r), (right, bottom - r), (right - r, bottom),
                      (left + r, bottom), (left, bottom - r), (left, top + r)], ink, alpha)


def mirrored(points):
    return [(WIDE - x, y) for x, y in points]


def slats(picture, dice, left, top, right, bottom):
    """A grille: dark, with bars across, down, both or a honeycomb."""
    box(picture, left, top, right, bottom, np.full(3, dice.uniform(5, 60)), dice.uniform(0, .4))
    ink, way = tint(np.full(3, dice.uniform(40, 230))), dice.uniform()
    step = int(dice.uniform(6, 22))
    if way < .65:
        for y in range(int(top) + step // 2, int(bottom), step):
            cv2.line(picture, (int(left) + 4, y), (int(right) - 4, y), ink, int(dice.integers(1, 4)), cv2.LINE_AA)
    if way > .45:
        for x in range(int(left) + step // 2, int(right), step):
            cv2.line(picture, (x, int(top) + 3), (x, int(bottom) - 3), ink, int(dice.integers(1, 4)), cv2.LINE_AA)


def emblem(picture, dice, x, y, size):
    """A maker's badge: discs, rings in a row, stars, shields, letters."""
    way, light, dark = int(dice.integers(6)), tint(np.full(3, dice.uniform(130, 250))), tint(any_colour(dice, 0, 140))
    spot = (int(x), int(y))
    if way == 0:
        for k in range(4):
            cv2.circle(picture, (int(x + (k - 1.5) * size * 1.25), int(y)), int(size * .85), light, max(1, int(size * .2)),
                       cv2.LINE_AA)
    elif way == 1:
        cv2.circle(picture, spot, int(size), light, max(1, int(size * .15)), cv2.LINE_AA)
        for k in range(3):
            tip = (int(x + size * np.sin(k * 2.094)), int(y - size * np.cos(k * 2.094)))
            cv2.line(picture, spot, tip, light, max(1, int(size * .15)), cv2.LINE_AA)
    elif way == 2:
        cv2.ellipse(picture, spot, (int(size * 1.6), int(size * .8)), 0, 0, 360, dark, -1, cv2.LINE_AA)
        cv2.ellipse(picture, spot, (int(size * 1.6), int(size * .8)), 0, 0, 360, light, 2, cv2.LINE_AA)
        write(picture, glyphs(str(dice.choice(WORDS)), pick(dice, SIGN)), (x - size, y - size * .35, 2 * size, .7 * size), light,
              1, 1)
    elif way == 3:
        cv2.circle(picture, spot, int(size), dark, -1, cv2.LINE_AA)
        cv2.circle(picture, spot, int(size), light, max(1, int(size * .15)), cv2.LINE_AA)
        write(picture, glyphs(str(dice.choice(["VW", "BMW", "M", "H", "O", "W", "T"])), pick(dice, SIGN)),
              (x - size * .6, y - size * .5, 1.2 * size, size), light, 1, 1)
    elif way == 4:
        polygon(picture, [(x, y - size), (x + size, y), (x, y + size), (x - size, y)], light)
        polygon(picture, [(x, y - size * .6), (x + size * .6, y), (x, y + size * .6), (x - size * .6, y)], dark)
    else:
        box(picture, x - 1.8 * size, y - .6 * size, x + 1.8 * size, y + .6 * size, dark, .4)
        write(picture, glyphs(str(dice.choice(["Ford", "SKODA", "FIAT", "JEEP", "Opel", "LAND ROVER"])), pick(dice, SIGN)),
              (x - 1.5 * size, y - .4 * size, 3 * size, .8 * size), light, 1, 1)


def lamps(picture, dice, front, y, tall, wide):
    """A pair of lamps with reflectors and bright spots."""
    lean, inner = dice.uniform(-.5, .5) * tall, dice.uniform(0, .5) * tall
    shape = [(28, y + lean), (28 + wide, y + inner), (28 + wide * dice.uniform(.7, 1), y + tall),
             (28 + dice.uniform(0, 12), y + tall * .9 + lean)]
    ink = np.full(3, dice.uniform(90, 240)) if front else np.float32(
        (dice.uniform(110, 230), dice.uniform(5, 60), dice.uniform(5, 50)))
    for points in (shape, mirrored(shape)):
        polygon(picture, points, ink)
        middle = np.mean(points, 0)
        for k in range(int(dice.integers(0, 4))):
            spot = tuple(int(value) for value in middle + dice.uniform(-.25, .25, 2) * (wide, tall))
            shade = np.full(3, dice.uniform(190, 255)) if front else np.float32(
                (250, dice.uniform(80, 220), dice.uniform(20, 200)))
            cv2.circle(picture, spot, max(2, int(tall * dice.uniform(.08, .25))), tint(shade), -1, cv2.LINE_AA)
        cv2.polylines(picture, [np.int32(points)], True, tint(ink * .4), 1, cv2.LINE_AA)


def body(picture, dice, paint):
    """Roof, window, shoulders, tyres and the shadow underneath."""
    waist, roof, inset = dice.uniform(110, 190), dice.uniform(-60, 50), dice.uniform(50, 110)
    box(picture, -10, 385, WIDE + 10, 440, np.full(3, dice.uniform(5, 50)), 0, dice.uniform(.5, .9))
    for x in (40, WIDE - 110):
        box(picture, x, 320, x + 70, 430, np.full(3, dice.uniform(8, 35)), .25)
    polygon(picture, [(inset, roof), (WIDE - inset, roof), (WIDE - 22, waist), (WIDE - 8, waist + 60), (WIDE - 14, 390),
                      (14, 390), (8, waist + 60), (22, waist)], paint)
    pane = [(inset + 14, roof + 14), (WIDE - inset - 14, roof + 14), (WIDE - inset * .55 - 14, waist - 8),
            (inset * .55 + 14, waist - 8)]
    polygon(picture, pane, np.full(3, dice.uniform(10, 110)) + dice.normal(size=3) * 10)
    if dice.uniform() < .6:
        x, wide = dice.uniform(80, 300), dice.uniform(30, 150)
        polygon(picture, [(x, roof + 16), (x + wide, roof + 16), (x + wide * .8 - 20, waist - 10), (x - 20, waist - 10)],
                np.full(3, dice.uniform(120, 240)), dice.uniform(.1, .5))
    return waist


def recess(picture, dice, paint, y):
    """Where the plate goes: (left, top, width, height) of its field, drawn in paint, black or chrome round it."""
    wide, tall = ((260, 56), (200, 92), (225, 72), (170, 110))[int(dice.choice(4, p=[.5, .3, .12, .08]))]
    size = dice.uniform(.68, 1.05)
    wide, tall = wide * size, tall * size
    x = WIDE / 2 - wide / 2 + (dice.uniform(-120, 120) if dice.uniform() < .12 else dice.normal() * 3)
    y = y - tall / 2
    way, more = dice.uniform(), dice.uniform(3, 30)
    if way < .75:
        shade = paint * dice.uniform(.4, .9) if way < .45 else np.full(3, dice.uniform(8, 60))
        box(picture, x - more, y - more * .6, x + wide + more, y + tall + more * .6, shade, dice.uniform(0, .3))
        if dice.uniform() < .4:
            box(picture, x - more, y - more * .6 - 8, x + wide + more, y - more * .6, np.full(3, dice.uniform(60, 240)))
    return x, y, wide, tall


def front_or_rear(dice):
    """A picture (uint8 RGB and its shape) and the field (left, top, width, height) of its plate, which isn't drawn."""
    picture, paint = np.zeros((TALL, WIDE, 3), np.float32), colour(dice)
    key = np.float32((-1, -1, -1))
    picture[:] = key
    waist, front = body(picture, dice, paint), dice.uniform() < .5
    bumper = paint * dice.uniform(.8, 1.1) if dice.uniform() < .6 else np.full(3, dice.uniform(15, 80))
    split = dice.uniform(250, 320)
    box(picture, 10, split, WIDE - 10, 388, bumper, .2)
    for y in (waist + 4, split, dice.uniform(330, 380)):
        cv2.line(picture, (20, int(y)), (WIDE - 20, int(y + dice.normal() * 2)), tint(paint * dice.uniform(.2, .7)),
                 int(dice.integers(1, 4)), cv2.LINE_AA)
    lamps(picture, dice, front, dice.uniform(waist + 8, waist + 50), dice.uniform(25, 90), dice.uniform(50, 150))
    if front:
        margin = dice.uniform(110, 210)
        slats(picture, dice, margin, waist + dice.uniform(15, 40), WIDE - margin, waist + dice.uniform(60, 100))
        if dice.uniform() < .7:
            slats(picture, dice, dice.uniform(80, 190), dice.uniform(300, 330), WIDE - dice.uniform(80, 190),
                  dice.uniform(350, 380))
        y = dice.uniform(min(waist + 85, 355), 360)
    else:
        y = dice.uniform(waist + 60, max(waist + 61, split - 20)) if dice.uniform() < .6 else dice.uniform(split + 10, 355)
        if dice.uniform() < .5:
            for x in (dice.uniform(60, 130), WIDE - dice.uniform(60, 130)):
                cv2.ellipse(picture, (int(x), 388), (18, 9), 0, 0, 360, (60., 60., 62.), -1, cv2.LINE_AA)
    field = recess(picture, dice, paint, y)
    lettered(picture, dice, waist, field)
    shape = (picture[..., :1] >= 0).astype(np.float32)
    shading = np.interp(np.arange(TALL), np.linspace(0, TALL, 7), np.exp(dice.normal(size=7) * .22)).astype(np.float32)[:, None,
                                                                                                                        None]
    return np.dstack([picture.clip(0, 255) * shading, shape * 255]).clip(0, 255).astype(np.uint8), field


def lettered(picture, dice, waist, field):
    """Badges, model letters, stickers, a dealer's name."""
    ink = np.full(3, dice.uniform(0, 255))
    if dice.uniform() < .85:
        emblem(picture, dice, WIDE / 2, min(waist + dice.uniform(20, 60), field[1] - 20), dice.uniform(10, 24))
    for _ in range(int(dice.integers(0, 4))):
        left, y, high = dice.choice([60, 110, 360, 420]), dice.uniform(waist + 10, 340), dice.uniform(8, 22)
        if field[1] - 26 < y < field[1] + field[3]:
            continue
        write(picture, glyphs(str(dice.choice(MODELS + WORDS)), pick(dice, SIGN)), (left, y, 90, high), ink, 1, 1)
    if dice.uniform() < .2:
        x, y = dice.uniform(90, 400), dice.uniform(20, waist - 30)
        box(picture, x, y, x + dice.uniform(20, 90), y + dice.uniform(14, 40), any_colour(dice))
    if dice.uniform() < .25:
        write(picture, glyphs(str(dice.choice(WORDS)) + " " + str(dice.choice(WORDS)), pick(dice, SIGN)),
              (140, waist - 40, 280, 26), any_colour(dice), 1, 1)
