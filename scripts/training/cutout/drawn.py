"""Pictures without a car that need no renderer: pages, plans, diagrams, logos, charts, patterns: drawn.py OUT COUNT"""
import pathlib
import sys

import cv2
import numpy as np

WIDTH, HEIGHT = 576, 384
WORDS = "house garden light river seven paper north window morning simple letter table quiet stone".split()


def _ink(dice, dark=True):
    return tuple(int(x) for x in (dice.uniform(0, 90, 3) if dark else dice.uniform(190, 256, 3)))


def _any(dice):
    return tuple(int(x) for x in dice.uniform(0, 256, 3))


def _sheet(dice):
    return np.full((HEIGHT, WIDTH, 3), _ink(dice, dice.uniform() < .15), np.uint8)


def _words(picture, dice, left, top, wide, tall, scale, ink):
    step, font = int(32 * scale) + 3, int(dice.integers(0, 5))
    for y in range(top + step, top + tall, step):
        line = ""
        while cv2.getTextSize(line, font, scale, 1)[0][0] < wide * dice.uniform(.5, .95):
            line += str(dice.choice(WORDS)) + " "
        cv2.putText(picture, line[:-1], (left, y), font, scale, ink, 1 + int(scale > .8), cv2.LINE_AA)


def page(dice):
    """Text in columns, with headings, pictures, tables."""
    picture, ink = _sheet(dice), _ink(dice)
    columns = int(dice.integers(1, 4))
    for k in range(columns):
        left, wide = 20 + k * (WIDTH - 20) // columns, (WIDTH - 20) // columns - 20
        top = int(dice.integers(10, 60))
        if dice.uniform() < .6:
            cv2.putText(picture, str(dice.choice(WORDS)), (left, top + 25), 3, dice.uniform(.8, 1.5), _ink(dice), 2, cv2.LINE_AA)
            top += 40
        if dice.uniform() < .4:
            tall = int(dice.integers(50, 140))
            picture[top:top + tall, left:left + wide] = cv2.resize(abstract(dice), (wide, tall))
            top += tall + 6
        _words(picture, dice, left, top, wide, HEIGHT - top - 15, dice.uniform(.3, .7), ink)
    return picture


def plan(dice):
    """A floor plan: walls, doors' arcs, windows, furniture, names and measures."""
    picture, ink = np.full((HEIGHT, WIDTH, 3), int(dice.integers(225, 256)), np.uint8), _ink(dice)
    left, top = int(dice.integers(20, 120)), int(dice.integers(20, 60))
    right, bottom, thick = WIDTH - int(dice.integers(20, 120)), HEIGHT - int(dice.integers(20, 60)), int(dice.integers(2, 9))
    rooms = [(left, top, right, bottom)]
    for _ in range(int(dice.integers(2, 7))):
        x0, y0, x1, y1 = rooms.pop(int(np.argmax([(c - a) * (d - b) for a, b, c, d in rooms])))
        if x1 - x0 > y1 - y0:
            cut = int(x0 + (x1 - x0) * dice.uniform(.3, .7))
            rooms += [(x0, y0, cut, y1), (cut, y0, x1, y1)]
        else:
            cut = int(y0 + (y1 - y0) * dice.uniform(.3, .7))
            rooms += [(x0, y0, x1, cut), (x0, cut, x1, y1)]
    for x0, y0, x1, y1 in rooms:
        if dice.uniform() < .4:
            cv2.rectangle(picture, (x0, y0), (x1, y1), _ink(dice, False), -1)
        cv2.rectangle(picture, (x0, y0), (x1, y1), ink, thick)
        middle, size = ((x0 + x1) // 2, (y0 + y1) // 2), min(x1 - x0, y1 - y0)
        for _ in range(int(dice.integers(0, 4))):
            spot = (int(dice.uniform(x0 + 8, x1 - 8)), int(dice.uniform(y0 + 8, y1 - 8)))
            if dice.uniform() < .5:
                cv2.circle(picture, spot, int(size * dice.uniform(.05, .2)), ink, 1, cv2.LINE_AA)
            else:
                cv2.rectangle(picture, spot, (int(spot[0] + size * .25), int(spot[1] + size * .15)), ink, 1)
        if dice.uniform() < .7:
            r = int(size * .3)
            cv2.line(picture, (x0 + thick, y1), (x0 + thick + r, y1), (255, 255, 255), thick + 1)
            cv2.ellipse(picture, (x0 + thick, y1), (r, r), 0, -90, 0, ink, 1, cv2.LINE_AA)
        cv2.putText(picture, str(dice.choice(WORDS)), (middle[0] - 25, middle[1]), 0, .4, ink, 1, cv2.LINE_AA)
    return picture


def logo(dice):
    """Rings, letters and bars in the middle of a plain ground."""
    picture, middle = _sheet(dice), (WIDTH // 2, HEIGHT // 2)
    for _ in range(int(dice.integers(1, 6))):
        at = tuple(int(m + dice.normal() * 50) for m in middle)
        way, ink, r = dice.uniform(), _any(dice), int(dice.uniform(25, 130))
        if way < .45:
            cv2.circle(picture, at, r, ink, int(dice.choice([-1, 4, 12, 26])), cv2.LINE_AA)
            if dice.uniform() < .5:
                cv2.circle(picture, at, r // 3, _any(dice), -1, cv2.LINE_AA)
        elif way < .6:
            corners = np.array(at) + dice.normal(size=(int(dice.integers(3, 7)), 2)) * r * .8
            cv2.fillPoly(picture, [corners.astype(np.int32)], ink, cv2.LINE_AA)
        elif way < .75:
            cv2.ellipse(picture, at, (r, r // 2), dice.uniform(0, 180), 0, 360, ink, int(dice.choice([-1, 6])), cv2.LINE_AA)
        else:
            at = (max(5, at[0] - 130), at[1])
            cv2.putText(picture, str(dice.choice(WORDS)), at, 3, dice.uniform(1, 2.6), ink, 4, cv2.LINE_AA)
    return picture


def diagram(dice):
    """Boxes and circles with arrows; or bars, pies and curves."""
    picture, ink = _sheet(dice), _ink(dice)
    spots = [(int(dice.uniform(60, WIDTH - 60)), int(dice.uniform(40, HEIGHT - 40))) for _ in range(int(dice.integers(3, 10)))]
    if dice.uniform() < .35:
        for k, (_, tall) in enumerate(spots):
            cv2.rectangle(picture, (40 + 50 * k, HEIGHT - 30 - tall // 2), (75 + 50 * k, HEIGHT - 30), _any(dice), -1)
        angle = 0
        for _ in range(5):
            size = dice.uniform(20, 90)
            cv2.ellipse(picture, (430, 120), (90, 90), 0, angle, angle + size, _any(dice), -1, cv2.LINE_AA)
            angle += size
        return picture
    for a, b in zip(spots, spots[1:]):
        cv2.arrowedLine(picture, a, b, ink, int(dice.integers(1, 4)), cv2.LINE_AA, tipLength=.08)
    for x, y in spots:
        a, b, fill = int(dice.uniform(20, 60)), int(dice.uniform(15, 40)), _ink(dice, False)
        for tone, thick in ((fill, -1), (ink, 2)):
            if dice.uniform() < .3:
                cv2.circle(picture, (x, y), b, tone, thick, cv2.LINE_AA)
            else:
                cv2.rectangle(picture, (x - a, y - b), (x + a, y + b), tone, thick)
        cv2.putText(picture, str(dice.choice(WORDS)), (x - a + 4, y + 4), 0, .4, ink, 1, cv2.LINE_AA)
    return picture


def abstract(dice):
    """Clouds of colour, stripes, checks or dots."""
    way = dice.uniform()
    small = dice.uniform(0, 256, (int(dice.integers(2, 12)), int(dice.integers(2, 16)), 3)).astype(np.float32)
    picture = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC if way < .6 else cv2.INTER_NEAREST)
    picture = np.ascontiguousarray(picture.clip(0, 255).astype(np.uint8))
    if dice.uniform() < .5:
        for _ in range(int(dice.integers(2, 25))):
            at = (int(dice.uniform(0, WIDTH)), int(dice.uniform(0, HEIGHT)))
            cv2.circle(picture, at, int(dice.uniform(5, 70)), _any(dice), int(dice.choice([-1, 3, 10])), cv2.LINE_AA)
    if dice.uniform() < .5:
        for _ in range(int(dice.integers(2, 15))):
            a, b = ((int(dice.uniform(0, WIDTH)), int(dice.uniform(0, HEIGHT))) for _ in range(2))
            cv2.line(picture, a, b, _any(dice), int(dice.integers(1, 25)), cv2.LINE_AA)
    return picture


def photographed(picture, dice):
    """The page askew on a table, lit from one side."""
    if dice.uniform() < .5:
        return picture
    table = cv2.GaussianBlur(abstract(dice), (0, 0), dice.uniform(3, 30))
    corners = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    inner = corners * dice.uniform(.55, .8) + [60, 40] + dice.normal(size=(4, 2)) * 22
    warp = cv2.getPerspectiveTransform(corners, inner.astype(np.float32))
    cv2.warpPerspective(picture, warp, (WIDTH, HEIGHT), dst=table, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT)
    light = cv2.resize(dice.uniform(.5, 1.1, (2, 3)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return (table * light[..., None]).clip(0, 255).astype(np.uint8)


def main():
    out, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        dice = np.random.default_rng(500000 + number)
        made = [page, plan, logo, diagram, abstract][int(dice.choice(5, p=[.25, .2, .25, .15, .15]))]
        cv2.imwrite(str(out / f"d{number:04d}-0.jpg"), photographed(made(dice), dice), [cv2.IMWRITE_JPEG_QUALITY, 95])


if __name__ == "__main__":
    main()
