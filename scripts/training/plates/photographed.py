"""What cameras and the web do to a picture: light, night, blur, motion, noise, sharpening, few pixels, JPEG."""
import cv2
import numpy as np

import detector  # noqa: F401  Puts the neighbour's folder on the path.
from samples import toned
from wear import field


def moved(picture, dice):
    """Motion blur along any direction."""
    size = int(dice.integers(3, 12))
    kernel = np.zeros((size, size), np.float32)
    turn, half = dice.uniform(-.4, .4) if dice.uniform() < .7 else dice.uniform(0, np.pi), (size - 1) / 2
    tip = (half * np.cos(turn), half * np.sin(turn))
    cv2.line(kernel, tuple(int(round(half - x)) for x in tip), tuple(int(round(half + x)) for x in tip), 1.0)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def night(picture, dice):
    dark = picture ** np.float32(dice.uniform(1.2, 2)) * np.float32(dice.uniform(.25, .7))
    if dice.uniform() < .6:
        tall, wide = picture.shape[:2]
        spot = np.exp(-((np.arange(wide)[None] - dice.uniform(0, wide))**2 +
                        (np.arange(tall)[:, None] - dice.uniform(0, tall))**2) / (dice.uniform(.05, .5) * wide)**2)
        dark = dark + picture * spot[..., None].astype(np.float32) * np.float32(dice.uniform(.3, 1))
    return dark * np.exp(dice.normal(size=3) * .15).astype(np.float32)


def underexposed(picture, dice):
    """Next to nothing but what shines, with the grain of a sensor at its end."""
    dark = picture * np.float32(np.exp(dice.uniform(np.log(.06), np.log(.4))))
    return dark + dice.normal(size=picture.shape).astype(np.float32) * np.float32(dice.uniform(0, .02))


def from_the_web(picture, dice):
    """Made small, stored badly, and made large again, as portals and collectors do."""
    tall, wide = picture.shape[:2]
    small = cv2.resize(picture, None, fx=(share := dice.uniform(.4, .8)), fy=share, interpolation=cv2.INTER_AREA)
    stored = cv2.imencode(".jpg", (small.clip(0, 1) * 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(dice.integers(18, 80))])[1]
    return cv2.resize(cv2.imdecode(stored, 1).astype(np.float32) / 255, (wide, tall), interpolation=cv2.INTER_CUBIC)


def soft(height, dice):
    """A step at height 0, hard or not."""
    return 1 / (1 + np.exp((-height * np.float32(np.exp(dice.uniform(.5, 4)))).clip(-30, 30)))


def photographed(picture, dice):
    """Float RGB 0...1 to uint8."""
    tall, wide = picture.shape[:2]
    if dice.uniform() < .8:
        picture = toned(dice, picture, dice.uniform(.15, .9)).astype(np.float32)
    if dice.uniform() < .25:
        picture = picture * (1 - soft(field(dice, tall, wide) - dice.uniform(-.5, 1), dice) * np.float32(dice.uniform(.1, .55)))
    if dice.uniform() < .06:
        picture = night(picture, dice)
    elif dice.uniform() < .07:
        picture = underexposed(picture, dice)
    if dice.uniform() < .08:
        picture = picture.mean(-1, keepdims=True).repeat(3, -1)
    if dice.uniform() < .1:
        picture = picture + (1 - picture) * np.float32(dice.uniform(.05, .45)) * soft(field(dice, tall, wide, 3) + .5, dice)
    if dice.uniform() < .12:
        picture = moved(picture, dice)
    elif dice.uniform() < .35:
        picture = cv2.GaussianBlur(picture, (0, 0), dice.uniform(.4, 1.4))
    if dice.uniform() < .15:
        picture = from_the_web(picture, dice)
    elif dice.uniform() < .25:
        share = dice.uniform(.45, .9)
        small = cv2.resize(picture, None, fx=share, fy=share * dice.uniform(.8, 1.2), interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (wide, tall), interpolation=int(dice.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC])))
    if dice.uniform() < .35:
        picture = picture + (picture - cv2.GaussianBlur(picture,
                                                        (0, 0), dice.uniform(.7, 1.6))) * np.float32(dice.uniform(.2, 1.6))
    if dice.uniform() < .5:
        noise = dice.normal(size=(tall, wide, 1 if dice.uniform() < .4 else 3)).astype(np.float32)
        picture = picture + noise * np.float32(dice.uniform(0, .03) if dice.uniform() < .9 else dice.uniform(.03, .08))
    stored = (picture.clip(0, 1) * 255).astype(np.uint8)
    if dice.uniform() < .65:
        stored = cv2.imdecode(cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, int(dice.integers(22, 95))])[1], 1)
    return stored
