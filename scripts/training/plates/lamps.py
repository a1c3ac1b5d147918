"""What cars carry near their plates and is none: fog lamps, tail lamps, indicators, reflectors, slots, hitches, stickers."""
import cv2
import numpy as np

from families import WORDS, any_colour, several
from lettering import SIGN, glyphs, pick, write
from panels import MODELS, box, slats, tint
from wear import field

RED, AMBER = (190, 22, 24), (225, 130, 30)


def empty(wide, tall):
    """A board with nothing on it: below 0 is no part of it."""
    return np.full((int(tall), int(wide), 3), -1, np.float32)


def glassy(pane, dice, colour):
    """Fills an area with what a lamp's glass shows: bright and dark spots, ribs, a grid, a bulb."""
    tall, wide = pane.shape[:2]
    pane[:] = np.float32(colour) + field(dice, tall, wide, 8) * np.float32(dice.uniform(10, 60))
    way, step = dice.uniform(), int(dice.uniform(3, 12))
    if way < .6:
        pane[:, ::step] *= np.float32(dice.uniform(.6, .95))
    if way > .4:
        pane[::step] *= np.float32(dice.uniform(.6, .95))
    if dice.uniform() < .6:
        spot = int(wide * dice.uniform(.2, .8)), int(tall * dice.uniform(.3, .7))
        shade = tint(np.float32(colour) * dice.uniform(.4, 1.8))
        cv2.circle(pane, spot, max(2, int(tall * dice.uniform(.15, .4))), shade, int(dice.choice([-1, 3])), cv2.LINE_AA)
    np.clip(pane, 0, 255, pane)


def fog_lamp(dice):
    """A bright lamp, round or oblong, in a dark recess."""
    wide, tall = dice.uniform(90, 300), dice.uniform(60, 120)
    board = empty(wide, tall)
    box(board, 1, 1, wide - 2, tall - 2, np.full(3, dice.uniform(5, 70)), dice.uniform(0, .45))
    if dice.uniform() < .4:
        slats(board, dice, 5, 5, wide - 6, tall - 6)
    size = np.array([wide * dice.uniform(.18, .46), tall * dice.uniform(.2, .42)])
    if dice.uniform() < .4:
        size[:] = size.min()
    middle = np.array([wide / 2, tall / 2]) + dice.uniform(-1, 1, 2) * (np.array([wide, tall]) / 2 - size)
    (left, top), (right, bottom) = np.int32(middle - size), np.int32(middle + size)
    glass = np.zeros((bottom - top, right - left, 3), np.float32)
    glassy(glass, dice, np.full(3, dice.uniform(110, 240)))
    shape = np.zeros(glass.shape, np.float32)
    if dice.uniform() < .5:
        cv2.ellipse(shape, (glass.shape[1] // 2, glass.shape[0] // 2), tuple(map(int, size)), 0, 0, 360, (1., 1., 1.), -1, cv2.LINE_AA)
    else:
        box(shape, 0, 0, shape.shape[1] - 1, shape.shape[0] - 1, np.full(3, 1.0), dice.uniform(.1, .45))
    board[top:bottom, left:right] = board[top:bottom, left:right] * (1 - shape) + glass * shape
    return board


def tail_lamp(dice):
    """Red glass with a clear and an amber pane, lying or standing."""
    wide, tall = (dice.uniform(140, 300), dice.uniform(60, 130)) if dice.uniform() < .6 else (dice.uniform(60, 110), dice.uniform(110, 240))
    board = empty(wide, tall)
    box(board, 1, 1, wide - 2, tall - 2, np.float32(RED) * dice.uniform(.5, 1.2), dice.uniform(0, .4))
    inside = (board >= 0).all(-1)
    glass = np.zeros_like(board)
    glassy(glass, dice, np.float32(RED) * dice.uniform(.5, 1.2))
    for colour in (np.full(3, dice.uniform(150, 240)), np.float32(AMBER) * dice.uniform(.7, 1.1)):
        if dice.uniform() < .7:
            w, h = int(wide * dice.uniform(.25, .6)), int(tall * dice.uniform(.2, .6))
            x, y = int(dice.uniform(0, wide - w - 1)), int(dice.uniform(0, tall - h - 1))
            glassy(glass[y:y + h, x:x + w], dice, colour)
            cv2.rectangle(glass, (x, y), (x + w, y + h), tint(np.float32(RED) * .4), int(dice.integers(1, 4)))
    board[inside] = glass[inside]
    return board


def indicator(dice):
    """A small oblong pane, clear, amber or red: indicators, reflectors, third brake lights."""
    wide = dice.uniform(80, 260)
    tall = wide * dice.uniform(.12, .5)
    board = empty(wide, tall)
    colour = (np.full(3, dice.uniform(130, 235)), np.float32(AMBER), np.float32(RED))[int(dice.integers(3))] * dice.uniform(.6, 1.1)
    box(board, 0, 0, wide - 1, tall - 1, np.full(3, dice.uniform(5, 60)) if dice.uniform() < .5 else colour * .5, dice.uniform(0, .4))
    edge = int(dice.uniform(1, 6))
    inside = (board >= 0).all(-1)
    inside[:edge], inside[-edge:], inside[:, :edge], inside[:, -edge:] = False, False, False, False
    glass = np.zeros_like(board)
    glassy(glass, dice, colour)
    board[inside] = glass[inside]
    return board


def slot(dice):
    """An opening: an air intake, a hitch, an empty place for a plate, a step."""
    wide = dice.uniform(70, 320)
    tall = wide * dice.uniform(.15, .9)
    board = empty(wide, tall)
    frame = np.full(3, dice.uniform(15, 220))
    box(board, 0, 0, wide - 1, tall - 1, frame, dice.uniform(0, .3))
    edge = dice.uniform(.02, .2) * tall
    box(board, edge, edge, wide - edge, tall - edge, np.full(3, dice.uniform(3, 90)) + dice.normal(size=3) * 5, dice.uniform(0, .3))
    if dice.uniform() < .4:
        slats(board, dice, edge + 2, edge + 2, wide - edge - 2, tall - edge - 2)
    return board


def sticker(dice):
    """Words, letters or a web address on a strip of film, or straight on the paint."""
    wide, tall = dice.uniform(90, 420), dice.uniform(26, 110)
    paint = any_colour(dice)
    board = empty(wide, tall)
    if dice.uniform() < .5:
        box(board, 0, 0, wide - 1, tall - 1, paint, dice.uniform(0, .5))
    ink = any_colour(dice, 0, 100) if paint.mean() > 120 else any_colour(dice, 160, 256)
    ways = (lambda: str(dice.choice(MODELS)), lambda: " ".join(str(dice.choice(WORDS)) for _ in range(int(dice.integers(1, 4)))),
            lambda: "POLIZEI", lambda: "www." + several(dice, "abcdefghiklmnoprstuw", 6) + ".de", lambda: several(dice, "EFGILNORSTX", 5))
    write(board, glyphs(ways[int(dice.integers(len(ways)))](), pick(dice, SIGN)), (.06 * wide, .15 * tall, .88 * wide, .7 * tall), ink, 1, 1)
    return board


KINDS = ((fog_lamp, .3), (tail_lamp, .22), (indicator, .2), (slot, .16), (sticker, .12))


def lamp_or_like(dice):
    """A board as RGB floats; below 0 where there is none of it."""
    shares = np.array([share for _, share in KINDS])
    return KINDS[int(dice.choice(len(KINDS), p=shares / shares.sum()))][0](dice)
