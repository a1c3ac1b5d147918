"""What is like a plate and isn't one: signs, price cards, captions, keyboards, vents, tiles, windows; never in a plate's form."""
import cv2
import numpy as np

from families import DIGITS, WORDS, any_colour, several
from lamps import lamp_or_like
from lettering import SIGN, glyphs, pick, write
from panels import MODELS, box, emblem, slats, tint

CALLS = (
    "OPEN|Bakery|Hotel|Exit|Ausgang|PARKING|Café|Pizzeria|SALE %|for sale|zu verkaufen|Apotheke|No entry|Einbahnstraße|Bäckerei|"
    "Metzgerei|Main Street|Hauptstraße|Bahnhof|Zentrum|Shell|STOP|Autohaus|Service|Restaurant|Bar|Reifen|Buchhandlung|"
    "Kinderzimmer|Wohnzimmer|Küche|living room|bedroom|Balkon|welcome|please ring|push|pull|private").split("|")


def words(dice):
    kinds = (lambda: CALLS[int(dice.integers(len(CALLS)))],
             lambda: f"{int(dice.integers(1, 90))}.{int(dice.integers(1000)):03d} €",
             lambda: f"Tel. 0{several(dice, DIGITS, 4)} / {several(dice, DIGITS, 6)}",
             lambda: "www." + str(dice.choice(WORDS)).lower() + ".com",
             lambda: " ".join(str(dice.choice(WORDS))
                              for _ in range(int(dice.integers(1, 4)))), lambda: f"{dice.uniform(5, 60):.2f} m²",
             lambda: "© photo " + str(dice.choice(WORDS)), lambda: str(dice.choice(MODELS)))
    return kinds[int(dice.integers(len(kinds)))]()


def sign(dice):
    """A board with words in one to three lines, in any proportions."""
    wide, tall = int(dice.uniform(60, 420)), int(dice.uniform(40, 260))
    board = np.full((tall, wide, 3), any_colour(dice) if dice.uniform() < .7 else (238, 238, 234), np.float32)
    ink = any_colour(dice, 0, 110) if board.mean() > 120 else any_colour(dice, 170, 256)
    rows = int(dice.integers(1, 4))
    for row in range(rows):
        high = tall / rows * dice.uniform(.3, .75)
        write(board, glyphs(words(dice), pick(dice, SIGN)), (.06 * wide, tall * (row + .5) / rows - high / 2, .88 * wide, high),
              ink, 1, 1)
    if dice.uniform() < .4:
        cv2.rectangle(board, (2, 2), (wide - 3, tall - 3), tint(ink), int(dice.integers(1, 6)), cv2.LINE_AA)
    return board


def road_sign(dice):
    board = np.full((160, 160, 3), -1, np.float32)
    ink = ((180, 20, 25), (20, 60, 170), (240, 190, 20))[int(dice.integers(3))]
    if dice.uniform() < .6:
        cv2.circle(board, (80, 80), 78, tint(ink), -1, cv2.LINE_AA)
        cv2.circle(board, (80, 80), 58, (240., 240., 240.), -1, cv2.LINE_AA)
        write(board, glyphs(str(dice.choice(["30", "50", "80", "P", "3,5t"])), pick(dice, SIGN)), (40, 50, 80, 60), (20, 20, 20),
              1, 1)
    else:
        cv2.fillPoly(board, [np.int32([(80, 4), (156, 140), (4, 140)])], tint(ink), cv2.LINE_AA)
        cv2.fillPoly(board, [np.int32([(80, 34), (130, 126), (30, 126)])], (240., 240., 240.), cv2.LINE_AA)
    return board


def grid(dice):
    """Tiles, bricks, keys, panes, radiators, vents, blinds."""
    wide, tall = int(dice.uniform(80, 420)), int(dice.uniform(60, 320))
    board = np.full((tall, wide, 3), any_colour(dice), np.float32)
    across, down, gap = dice.uniform(8, 120), dice.uniform(8, 80), dice.uniform(1, 8)
    fill = any_colour(dice)
    for row, y in enumerate(np.arange(0, tall, down + gap)):
        for x in np.arange(-across * (.5 if row % 2 and dice.uniform() < .7 else 0), wide, across + gap):
            box(board, x, y, x + across, y + down, fill + dice.normal() * 10, .1)
            if across < 40 and dice.uniform() < .15:
                write(board, glyphs(several(dice, "ASDFGHJKL1234567890", 1), pick(dice, SIGN)),
                      (x + .3 * across, y + .25 * down, .4 * across, .5 * down), 255 - fill)
    return board


def furniture(dice):
    """Plain boards: doors, frames, cupboards, screens, paper, switches: large areas, thin edges."""
    wide, tall = int(dice.uniform(40, 300)), int(dice.uniform(60, 300))
    board = np.full((tall, wide, 3), any_colour(dice), np.float32)
    for _ in range(int(dice.integers(0, 5))):
        x, y = dice.uniform(0, wide), dice.uniform(0, tall)
        box(board, x, y, x + dice.uniform(5, wide), y + dice.uniform(5, tall), any_colour(dice), dice.uniform(0, .3))
    if dice.uniform() < .3:
        for y in range(12, tall - 8, int(dice.uniform(9, 20))):
            write(board, glyphs(" ".join(words(dice) for _ in range(2)), pick(dice, SIGN)), (8, y, wide - 16, 7), (40, 40, 40),
                  .9, 1)
    return board


def badge(dice):
    board = np.full((70, 200, 3), -1, np.float32)
    emblem(board, dice, 100, 35, dice.uniform(12, 24))
    return board


def letters(dice):
    """Loose letters without a board: model names, writing on vans, captions."""
    board = np.full((50, 320, 3), -1, np.float32)
    ink = np.full(3, dice.uniform(0, 255)) if dice.uniform() < .6 else any_colour(dice)
    write(board, glyphs(words(dice), pick(dice, SIGN)), (4, 4, 312, 42), ink, 1, 1)
    return board


def vent(dice):
    board = np.full((int(dice.uniform(40, 160)), int(dice.uniform(80, 300)), 3), np.full(3, dice.uniform(20, 200)), np.float32)
    slats(board, dice, 4, 4, board.shape[1] - 4, board.shape[0] - 4)
    return board


def opening(dice):
    """A window, an oven, a picture: light or dark behind one or two frames, with blinds or without."""
    wide, tall = int(dice.uniform(80, 320)), int(dice.uniform(40, 220))
    frame = np.full(3, dice.uniform(10, 250)) + dice.normal(size=3) * 12
    board = np.full((tall, wide, 3), frame, np.float32)
    edge = dice.uniform(.03, .2) * tall
    pane = np.full(3, dice.uniform(200, 255) if dice.uniform() < .6 else dice.uniform(5, 60))
    box(board, edge, edge, wide - edge, tall - edge, frame * dice.uniform(.5, 1.2), .02)
    box(board, 1.6 * edge, 1.6 * edge, wide - 1.6 * edge, tall - 1.6 * edge, pane)
    if dice.uniform() < .5:
        soft = cv2.resize(dice.normal(size=(3, 5, 3)).astype(np.float32), (wide, tall), interpolation=cv2.INTER_CUBIC)
        board += soft * np.float32(dice.uniform(4, 40))
    if dice.uniform() < .4:
        slats(board, dice, 1.6 * edge, 1.6 * edge, wide - 1.6 * edge, tall - 1.6 * edge)
    return board


KINDS = ((sign, .28), (road_sign, .08), (grid, .12), (furniture, .1), (badge, .1), (letters, .12), (vent, .07), (lamp_or_like, .12),
         (opening, .08))


def anything(dice):
    """A board as RGB floats and its shape, 0...1."""
    shares = np.array([share for _, share in KINDS])
    board = KINDS[int(dice.choice(len(KINDS), p=shares / shares.sum()))][0](dice)
    shape = (board[..., :1] >= 0).astype(np.float32)
    return board.clip(0, 255), shape
