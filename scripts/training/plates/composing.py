"""Training samples: cars, rendered or drawn, and loose plates before other pictures, among what only looks like plates."""
import cv2
import numpy as np

import detector  # noqa: F401  Puts the neighbour's folder on the path.
import drawn
from families import any_colour, flat
from lettering import SIGN, glyphs, pick, write
from panels import front_or_rear
from photographed import photographed
from lamps import lamp_or_like
from placing import blend, changed, rectangle, shape_of, shift, somewhere, sound, through
from samples import denoised
from signs import anything, words
from targets import height, of
from wear import field, worn

# Shares of samples with a drawn car, a rendered one, and loose plates; the rest shows none.
DRAWN, RENDERED, LOOSE = .3, .36, .14
# Of the rendered plates, width by height.
RENDERED_ASPECT = 520 / 110


class Pool:
    """Things that take long to draw: `size` are kept, and a share of those taken is drawn anew."""

    def __init__(self, draw, size, fresh):
        self.draw, self.size, self.fresh, self.kept = draw, size, fresh, []

    def take(self, dice):
        if len(self.kept) < self.size:
            self.kept.append(self.draw(dice))
            return self.kept[-1]
        k = int(dice.integers(self.size))
        if dice.uniform() < self.fresh:
            self.kept[k] = self.draw(dice)
        return self.kept[k]


def plane_of(quad):
    """The matrix that takes 0...1 across and down to a quad."""
    return cv2.getPerspectiveTransform(np.float32(rectangle(0, 0, 1, 1)), np.float32(quad)).astype(np.float64)


def onto(quad, wide, tall):
    """The matrix that takes a picture's pixels to a quad."""
    return cv2.getPerspectiveTransform(np.float32(rectangle(0, 0, wide, tall)), np.float32(quad)).astype(np.float64)


def cut(canvas, dice, quads):
    """The picture cut along a line through a plate, and stretched to its size again; the plates' quads there."""
    tall, wide = canvas.shape[:2]
    quad, along = quads[int(dice.integers(len(quads)))], int(dice.uniform() < .35)
    low, high = quad.min(0)[along], quad.max(0)[along]
    line, size = int(low + (high - low) * dice.uniform(.15, .85)), (wide, tall)[along]
    first = line < size / 2
    left = size - line if first else line
    if not .5 * size < left < size:
        return canvas, quads
    kept = canvas[:, line:] if first else canvas[:, :line]
    if along:
        kept = canvas[line:] if first else canvas[:line]
    move, grow = np.zeros(2), np.ones(2)
    move[along], grow[along] = -line if first else 0, size / left
    return cv2.resize(kept, (wide, tall), interpolation=cv2.INTER_LINEAR), [(quad + move) * grow for quad in quads]


class Studio:
    """Makes samples of `cars`, `others` and `photos` (see sources.py) and of what it draws."""

    def __init__(self, cars, others, photos):
        self.others, self.photos = others, photos
        self.fronts = [car for car in cars if car[2] is not None]
        self.sides = [car for car in cars if not car[3]] or self.fronts
        self.plates, self.panels = Pool(lambda dice: worn(flat(dice), dice), 300, .5), Pool(front_or_rear, 80, .3)
        self.likes = Pool(lambda dice: (lamp_or_like(dice), None), 200, .4)

    def behind(self, dice, wide, tall):
        """What stands behind everything: part of a picture, or a smooth field of colour."""
        way = dice.uniform()
        if way < .12:
            return np.float32(any_colour(dice)) + field(dice, tall, wide) * np.float32(dice.uniform(5, 60))
        kind = self.photos if way < .75 or not self.others else self.others
        picture = kind[int(dice.integers(len(kind)))] if way < .92 else drawn.page(dice) if way < .96 else drawn.plan(dice)
        share = min(picture.shape[1] / wide, picture.shape[0] / tall) * dice.uniform(.35, 1)
        across = min(picture.shape[1], max(8, int(wide * share)))
        down = min(picture.shape[0], max(8, int(tall * share * min(1, dice.uniform(.7, 1.3)))))
        left = int(dice.integers(0, picture.shape[1] - across + 1))
        top = int(dice.integers(0, picture.shape[0] - down + 1))
        way = cv2.INTER_AREA if share > 1.2 else cv2.INTER_LINEAR
        part = cv2.resize(picture[top:top + down, left:left + across], (wide, tall), interpolation=way)
        return (part[:, ::-1] if dice.uniform() < .3 else part).astype(np.float32)

    def scatter(self, canvas, dice, most, largest=.9):
        """Boards, signs, badges and words anywhere."""
        for _ in range(int(dice.integers(0, most + 1))):
            board, shape = anything(dice)
            size = np.exp(dice.uniform(np.log(10), np.log(largest * canvas.shape[1]))) / board.shape[1]
            matrix = somewhere(dice, canvas, (board.shape[1] / 2, board.shape[0] / 2), size)
            share = 1 if dice.uniform() < .8 else dice.uniform(.3, 1)
            blend(canvas, np.dstack([board, shape * 255]), matrix, dice.uniform(.5, 1.1), share)

    def lay(self, canvas, dice, quad, aspect, light=None):
        """A plate onto a field of given proportions: as wide as the field, as high as the plate is for that. Its quad."""
        for _ in range(6):
            plate, rect = self.plates.take(dice)
            share = aspect * rect[3] / rect[2]
            if .8 < share < 1.25:
                break
        plane = cv2.getPerspectiveTransform(np.float32(rectangle(0, 0, 1, 1)), np.float32(quad)).astype(np.float64)
        quad = through(plane, rectangle(0, .5 - share / 2, 1, share))
        matrix = cv2.getPerspectiveTransform(np.float32(rectangle(*rect)), np.float32(quad)).astype(np.float64)
        light = dice.uniform(.6, 1.1) if light is None else light
        # Plates throw lamps' and flashes' light back.
        blend(canvas, plate, matrix, light * dice.uniform(1.2, 2.5) if dice.uniform() < .08 else light)
        return [quad]

    def panel(self, canvas, dice, high):
        """A drawn front or rear somewhere, its plate about `high` pixels high."""
        picture, frame = self.panels.take(dice)
        middle = frame[0] + frame[2] / 2, frame[1] + frame[3] / 2
        matrix = somewhere(dice, canvas, middle, high / frame[3], .1)
        blend(canvas, picture, matrix)
        self.beside(canvas, dice, through(matrix, rectangle(*frame)), frame[2] / frame[3])
        return [] if dice.uniform() < .12 else self.lay(canvas, dice, through(matrix, rectangle(*frame)), frame[2] / frame[3])

    def rendered(self, canvas, dice, high):
        """A rendered car somewhere, its plate replaced or left, or one that shows none."""
        tall, wide = canvas.shape[:2]
        fronts = dice.uniform() < .8
        kind = self.fronts if fronts else self.sides
        rgb, alpha, quad, _ = kind[int(dice.integers(len(kind)))]
        middle = quad.mean(0) if fronts else np.array([rgb.shape[1], rgb.shape[0]]) * dice.uniform(.3, .7, 2)
        size = np.clip(high / height(quad) if fronts else dice.uniform(.4, 3), .25, 5)
        flip = dice.uniform() < .5
        turn, at = dice.normal() * .05, (dice.uniform(0, wide), dice.uniform(.05, 1) * tall)
        lean = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
        across = size * np.exp(dice.normal() * .15)
        matrix = shift(*at) @ lean @ np.diag([-across if flip else across, size, 1]) @ shift(*-middle)
        source = np.dstack([denoised(rgb, dice), alpha])
        if size < .8:
            source = cv2.GaussianBlur(source, (0, 0), .35 / size)
        half = (shift(-.5, -.5) @ matrix @ shift(.5, .5))[:2]
        seen = cv2.warpAffine(source, half, (wide, tall), flags=cv2.INTER_LINEAR).astype(np.float32)
        cover = seen[..., 3:] / 255
        canvas *= 1 - .4 * cv2.GaussianBlur(cover, (0, 0), 6)[..., None]
        canvas[:] = canvas * (1 - cover) + seen[..., :3] * cover
        if not fronts:
            return []
        place = through(matrix, quad)
        return self.replaced(canvas, dice, place[[1, 0, 3, 2]] if flip else place)

    def replaced(self, canvas, dice, place):
        """Another plate in place of the rendered one, in its light; at times the rendered one stays."""
        if dice.uniform() < .12:
            return [place]
        inside = shape_of([place], canvas.shape[1], canvas.shape[0]) > 0
        tone = np.quantile(canvas.max(-1)[inside], .7) if inside.any() else 200
        middle = place.mean(0)
        place = middle + (place - middle) * np.exp(dice.normal() * .08)
        self.beside(canvas, dice, place, RENDERED_ASPECT)
        if dice.uniform() < .06:
            bare = np.full((22, 104, 3), dice.uniform(3, 160)) + dice.normal(size=3) * 6
            blend(canvas, bare.astype(np.float32), onto(through(plane_of(place), rectangle(-.03, -.08, 1.06, 1.16)), 104, 22))
            return []
        return self.lay(canvas, dice, place, RENDERED_ASPECT, np.clip(tone / 215 * dice.uniform(.8, 1.25), .2, 1.15))

    def beside(self, canvas, dice, place, aspect):
        """Lamps, slots and stickers round the plate's place, in its plane, as cars have them."""
        plane = plane_of(place) @ np.diag([1 / aspect, 1, 1])
        for _ in range(int(dice.integers(0, 5))):
            board, _ = self.likes.take(dice)
            high = dice.uniform(.35, 1.6)
            wide = high * board.shape[1] / board.shape[0]
            x = aspect / 2 + dice.choice([-1, 1]) * (dice.uniform(.1, 1.6) * aspect + aspect / 2 + wide / 2)
            y = .5 + dice.uniform(-2.2, 2.2)
            if dice.uniform() < .25:
                x, y = dice.uniform(0, aspect), .5 + dice.choice([-1, 1]) * (.9 + high / 2 + dice.uniform(0, 1.5))
            quad = through(plane, rectangle(x - wide / 2, y - high / 2, wide, high))
            if sound(quad):
                shape = (board[..., :1] >= 0) * np.float32(255)
                blend(canvas, np.dstack([board.clip(0, 255), shape]), onto(quad, *board.shape[1::-1]), dice.uniform(.5, 1.1))

    def loose(self, canvas, dice, high):
        """A plate by itself, before whatever there is or on a plain board."""
        plate, (left, top, across, down) = self.plates.take(dice)
        matrix = somewhere(dice, canvas, (left + across / 2, top + down / 2), high / down, .12)
        if dice.uniform() < .6:
            grow, paint = dice.uniform(.1, 1.2) * down, np.full(3, dice.uniform(5, 250))
            paint = any_colour(dice) if dice.uniform() < .5 else paint
            board = np.full((int(down + 2 * grow), int(across + 2 * grow), 3), paint, np.float32)
            board += field(dice, *board.shape[:2]) * np.float32(dice.uniform(0, 40))
            blend(canvas, board, matrix @ shift(left - grow, top - grow), soft=dice.uniform(.5, 12))
        return self.lay(canvas, dice, through(matrix, rectangle(left, top, across, down)), across / down)

    def covered(self, canvas, dice, quads):
        """Bars, leaves and the like before some of the plates."""
        for quad in (quad for quad in quads if dice.uniform() < .1):
            spot, high = quad[0] + (quad[2] - quad[0]) * dice.uniform(0, 1, 2), height(quad)
            ink, near = tuple(map(float, any_colour(dice, 0, 180))), tuple(map(int, spot))
            if dice.uniform() < .5:
                far = tuple(map(int, spot + dice.normal(size=2) * high * (.4, 3)))
                cv2.line(canvas, near, far, ink, max(1, int(high * dice.uniform(.05, .25))), cv2.LINE_AA)
            else:
                cv2.circle(canvas, near, max(1, int(high * dice.uniform(.15, .5))), ink, -1, cv2.LINE_AA)

    def captioned(self, canvas, dice):
        """Words over the whole picture, as magazines and portals set them."""
        tall, wide = canvas.shape[:2]
        box = dice.uniform(0, .5) * wide, dice.choice([.02, .9]) * tall, .5 * wide, dice.uniform(.03, .1) * tall
        ink = any_colour(dice, 150, 256) if dice.uniform() < .6 else any_colour(dice)
        write(canvas, glyphs(words(dice), pick(dice, SIGN)), box, ink, dice.uniform(.3, 1), 1)

    def makers(self, dice):
        """What shows plates on the next sample, those further back first."""
        way = dice.uniform()
        if way >= DRAWN + RENDERED + LOOSE:
            return []
        first = self.panel if way < DRAWN else self.rendered if way < DRAWN + RENDERED else self.loose
        makers = [self.loose] * int(dice.integers(1, 4)) if first == self.loose else [first]
        return [*makers, self.panel if dice.uniform() < .5 else self.rendered] if dice.uniform() < .2 else makers

    def sample(self, dice, wide, tall):
        """A picture (uint8 RGB) and its plates' quads."""
        canvas = np.ascontiguousarray(self.behind(dice, wide, tall) + np.zeros((tall, wide, 3), np.float32))
        if dice.uniform() < .5:
            self.scatter(canvas, dice, 4)
        quads, high = [], np.exp(dice.uniform(np.log(7), np.log(dice.choice([.4, .4, .4, .7]) * tall)))
        for make in self.makers(dice):
            before = canvas.copy()
            more = make(canvas, dice, high * (dice.uniform(.4, 1) if quads else 1))
            if any(changed(before, canvas, quad) for quad in quads) or not all(map(sound, more)):
                canvas[:] = before
            else:
                quads += more
        if dice.uniform() < .25:
            keep = canvas.copy()
            self.scatter(canvas, dice, 3, .4)
            near = cv2.dilate(shape_of(quads, wide, tall), np.ones((9, 9), np.uint8))[..., None]
            canvas[:] = np.where(near > 0, keep, canvas)
        self.covered(canvas, dice, quads)
        if quads and dice.uniform() < .14:
            canvas, quads = cut(canvas, dice, quads)
        if dice.uniform() < .15:
            self.captioned(canvas, dice)
        return photographed(canvas.clip(0, 255) / 255, dice), quads


def pair(studio, dice, wide, tall):
    """A sample as the network takes it: picture 3 x H x W (uint8) and planes of targets.py."""
    picture, quads = studio.sample(dice, wide, tall)
    return picture.transpose(2, 0, 1), of(quads, wide, tall)
