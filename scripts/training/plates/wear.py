"""What happens to a plate before it is photographed: dirt, bends, screws, shadows, gloss, and the holder round it."""
import cv2
import numpy as np

from families import WORDS, any_colour
from lettering import SIGN, glyphs, pick, write


def field(dice, tall, wide, cells=6):
    """Smooth noise, about -2...2."""
    small = dice.normal(size=(max(2, int(dice.integers(2, cells))), max(2, int(dice.integers(2, 2 * cells))))).astype(np.float32)
    return cv2.resize(small, (wide, tall), interpolation=cv2.INTER_CUBIC)[..., None]


def soiled(plate, dice):
    tall, wide = plate.shape[:2]
    spots = (field(dice, tall, wide, 14) + field(dice, tall, wide, 40) > dice.uniform(.3, 2)).astype(np.float32)
    mud = np.float32((dice.uniform(60, 150), dice.uniform(50, 120), dice.uniform(30, 90)))
    cover = cv2.GaussianBlur(spots, (0, 0), dice.uniform(.5, 4))[..., None] * np.float32(dice.uniform(.1, .8))
    return plate * (1 - cover) + mud * cover


def screwed(plate, dice):
    tall, wide = plate.shape[:2]
    y = dice.uniform(.1, .6)
    for x in (dice.uniform(.1, .3), dice.uniform(.7, .9)):
        spot, size = (int(x * wide), int(y * tall)), max(1, int(.035 * tall * dice.uniform(.6, 1.6)))
        cv2.circle(plate, spot, size, tuple(map(float, any_colour(dice, 40, 230))), -1, cv2.LINE_AA)
        cv2.circle(plate, spot, size, (30., 30., 30.), 1, cv2.LINE_AA)
    return plate


def lit(plate, dice):
    """Shadows with hard or soft edges, light that falls off, gloss."""
    tall, wide = plate.shape[:2]
    if dice.uniform() < .5:
        plate = plate * (1 + field(dice, tall, wide, 4) * np.float32(dice.uniform(.02, .15)))
    if dice.uniform() < .35:
        edge = dice.uniform(.08, .75) * tall + dice.uniform(-.25, .25) * np.linspace(-1, 1, wide) * tall
        soft = dice.uniform(.5, 12)
        shade = 1 / (1 + np.exp(-(np.arange(tall)[:, None] - edge[None]) / soft))
        plate = plate * (1 - np.float32(dice.uniform(.2, .75)) *
                         (1 - shade if dice.uniform() < .8 else shade)[..., None].astype(np.float32))
    if dice.uniform() < .12:
        spot = np.exp(-((np.arange(wide)[None] / wide - dice.uniform()) ** 2 / dice.uniform(.005, .1)
                        + (np.arange(tall)[:, None] / tall - dice.uniform()) ** 2 / dice.uniform(.05, .5)))
        plate = plate + spot[..., None].astype(np.float32) * np.float32(dice.uniform(60, 220))
    return plate


def held(plate, dice):
    """The plate in its holder: picture and where the plate lies in it (left, top, width, height)."""
    tall, wide = plate.shape[:2]
    side, top = (int(value * tall) for value in dice.uniform(0, .09, 2))
    bottom = int(tall * (dice.uniform(.1, .24) if dice.uniform() < .6 else dice.uniform(0, .09)))
    tone = np.float32((dice.uniform(10, 60), ) *
                      3) if dice.uniform() < .75 else any_colour(dice, 120, 240) if dice.uniform() < .5 else any_colour(dice)
    holder = np.full((tall + top + bottom, wide + 2 * side, 3), tone, np.float32)
    holder[top:top + tall, side:side + wide] = plate
    if bottom > .09 * tall and dice.uniform() < .85:
        text = " ".join(str(dice.choice(WORDS)) for _ in range(int(dice.integers(1, 4))))
        ink = any_colour(dice, 170, 256) if tone.mean() < 110 else any_colour(dice, 0, 90)
        write(holder, glyphs(text, pick(dice, SIGN)), (side + .1 * wide, top + tall + .2 * bottom, .8 * wide, .6 * bottom), ink,
              1, 1)
    return holder, (side, top, wide, tall)


def worn(plate, dice):
    """A used plate in its holder, uint8, and its rectangle in the picture."""
    if dice.uniform() < .25:
        plate = soiled(plate, dice)
    if dice.uniform() < .4:
        plate = screwed(plate, dice)
    plate = plate * dice.uniform(.65, 1.05)
    if dice.uniform() < .3:
        plate = cv2.GaussianBlur(plate, (0, 0), dice.uniform(.4, 2))
    holder, rect = held(plate, dice) if dice.uniform() < .6 else (plate, (0, 0, plate.shape[1], plate.shape[0]))
    return lit(holder, dice).clip(0, 255).astype(np.uint8), rect
