"""Training samples: a car's part of a rendered picture as a camera might have seen it, and a first map with mistakes."""
import cv2
import numpy as np

from looks import DEVIATION, MEAN

WIDTH, HEIGHT = 512, 320


def onto(map_, rect, crop, width, height):
    """A map of `rect` at the cells of `crop`; nothing beyond it."""
    across = ((np.arange(width) + .5) * crop[2] / width + crop[0] - rect[0]) * map_.shape[1] / rect[2] - .5
    down = ((np.arange(height) + .5) * crop[3] / height + crop[1] - rect[1]) * map_.shape[0] / rect[3] - .5
    xs = np.tile(across.astype(np.float32), (height, 1))
    ys = np.tile(down.astype(np.float32)[:, None], (1, width))
    edge = cv2.BORDER_REPLICATE if rect[0] <= crop[0] else cv2.BORDER_CONSTANT
    return cv2.remap(map_.astype(np.float32), xs, ys, cv2.INTER_CUBIC, borderMode=edge).clip(0, 1)


def sized(part, width=WIDTH, height=HEIGHT):
    shrinks = max(part.shape[1] / width, part.shape[0] / height) > 1.3
    return cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def blobs(dice, share):
    """Soft-cornered patches that cover a share of the picture."""
    field = dice.normal(size=(dice.integers(3, 9), dice.integers(3, 9))).astype(np.float32)
    field = cv2.resize(field, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return field > np.quantile(field, 1 - share)


def soft_blobs(dice, share):
    return cv2.GaussianBlur(blobs(dice, share).astype(np.float32), (0, 0), dice.uniform(1, 12))[..., None]


def scenery(picture, dice):
    """Part of another picture, 0...1, to be seen through panes or behind a car; and where it lies."""
    rgb = picture["rgb"]
    wide, tall = (int(dice.uniform(.5, 1) * side) for side in (rgb.shape[1], rgb.shape[0]))
    left, top = int(dice.integers(0, rgb.shape[1] - wide + 1)), int(dice.integers(0, rgb.shape[0] - tall + 1))
    part = cv2.resize(rgb[top:top + tall, left:left + wide], (WIDTH, HEIGHT)).astype(np.float32) / 255
    return part, (left, top, wide, tall)


def seen_through(colours, truth, other, dice):
    """Panes with bright scenery behind or mirrored in them, dark things of the cabin left standing here and there."""
    other = (other * np.float32(dice.uniform(.8, 1.6)) + np.float32(dice.uniform(0, .35))).clip(0, 1)
    if dice.uniform() < .5:
        other = cv2.GaussianBlur(other, (0, 0), dice.uniform(1, 8))
    share = np.float32(dice.uniform(.4, 1)) * (1 - soft_blobs(dice, dice.uniform(.05, .5)) * np.float32(dice.uniform(.5, 1)))
    share = share * truth[..., :1] * truth[..., 3:]
    return colours * (1 - share) + other * share


def toned(dice, picture, strength=1.0):
    """Another exposure, contrast, white balance and saturation."""
    def change(sigma, size=None):
        return np.exp(dice.normal(size=size) * sigma * strength).astype(np.float32) if size else \
            np.float32(np.exp(dice.normal() * sigma * strength))
    picture = picture ** change(.3) * change(.2) * change(.08, 3)
    grey = picture.mean(-1, keepdims=True)
    picture = grey + (picture - grey) * change(.35)
    middle = np.float32(dice.uniform(.3, .7))
    return (middle + (picture - middle) * change(.2)).clip(0, 1)


def crop_of(picture, dice):
    """Roughly what cutout looks at: the first look's box with a margin."""
    height, width = picture["rgb"].shape[:2]
    box = picture["box"].astype(float)
    box[2:] *= 1 + dice.normal(size=2) * .04
    margin = (dice.uniform(.05, .2) if dice.uniform() < .7 else dice.uniform(.2, 1)) * max(box[2], box[3])
    box[:2] += dice.uniform(-.6, .6, 2) * max(0, margin - .2 * max(box[2], box[3]))
    left, top = int(max(0, box[0] - margin)), int(max(0, box[1] - margin))
    right, bottom = int(min(width, box[0] + box[2] + margin)), int(min(height, box[1] + box[3] + margin))
    return (left, top, right - left, bottom - top) if min(right - left, bottom - top) >= 40 else (0, 0, width, height)


def stray_crop(picture, dice):
    """Any part of a picture without a car, down to small ones: what a look finds where nothing stands out."""
    height, width = picture["rgb"].shape[:2]
    wide, tall = int(width * dice.uniform(.12, .9)), int(height * dice.uniform(.12, .9))
    return int(dice.integers(0, width - wide + 1)), int(dice.integers(0, height - tall + 1)), wide, tall


def stray_map(colours, dice):
    """A map of what is lighter or darker than its surroundings, or of patches."""
    if dice.uniform() < .3:
        found = blobs(dice, dice.uniform(.1, .7)).astype(np.float32)
    else:
        tone = cv2.GaussianBlur(colours[..., int(dice.integers(3))], (0, 0), dice.uniform(2, 15))
        level = np.quantile(tone, dice.uniform(.15, .85))
        found = (tone > level if dice.uniform() < .5 else tone < level).astype(np.float32)
    return cv2.GaussianBlur(found, (0, 0), dice.uniform(1, 6)) * np.float32(dice.uniform(.5, 1))


def denoised(part, dice):
    """Renders have few rays a pixel; what is left of the noise stands for a sensor's."""
    way = dice.uniform()
    return cv2.bilateralFilter(part, 5, 40, 3) if way < .6 else cv2.medianBlur(part, 3) if way < .8 else part


def photographed(picture, alpha, dice):
    """Colours 0...1 as a phone might have stored them: 8 bits."""
    if dice.uniform() < .5:
        picture = toned(dice, picture, 1.3) * alpha + toned(dice, picture, 1.3) * (1 - alpha)
    picture = toned(dice, picture)
    if dice.uniform() < .2:
        picture = picture[..., dice.permutation(3)] if dice.uniform() < .8 else picture.mean(-1, keepdims=True).repeat(3, -1)
    if dice.uniform() < .25:
        small = cv2.resize(picture, None, fx=dice.uniform(.3, .8), fy=dice.uniform(.3, .8), interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    if dice.uniform() < .3:
        picture = picture * (1 - soft_blobs(dice, dice.uniform(.1, .5)) * np.float32(dice.uniform(.2, .7)))
    if dice.uniform() < .15:
        picture = picture + (1 - picture) * soft_blobs(dice, dice.uniform(.05, .2)) * np.float32(dice.uniform(.2, .8))
    way = dice.uniform()
    if way < .3:
        picture = cv2.GaussianBlur(picture, (0, 0), dice.uniform(.4, 1.5))
    elif way < .7:
        picture = picture + (picture - cv2.GaussianBlur(picture, (0, 0), 1.2)) * np.float32(dice.uniform(.3, 1.5))
    if dice.uniform() < .6:
        picture = picture + dice.normal(size=picture.shape).astype(np.float32) * np.float32(dice.uniform(0, .03))
    stored = (picture.clip(0, 1) * 255).astype(np.uint8)
    if dice.uniform() < .6:
        stored = cv2.imdecode(cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, int(dice.integers(40, 95))])[1], 1)
    return stored


def mistaken(map_, dice):
    """Mistakes that a first look makes: parts lost, places taken, blur, another confidence."""
    if dice.uniform() < .35:
        map_ = np.where(blobs(dice, dice.uniform(.005, .05)), map_ * np.float32(dice.uniform(0, .6)), map_)
    if dice.uniform() < .25:
        map_ = np.where(blobs(dice, dice.uniform(.005, .04)), np.maximum(map_, np.float32(dice.uniform(.3, 1))), map_)
    if dice.uniform() < .2:
        map_ = cv2.GaussianBlur(map_, (0, 0), dice.uniform(1, 4))
    return map_ ** np.float32(np.exp(dice.normal() * .3)) if dice.uniform() < .3 else map_


def cut_box(picture):
    """The box (left, top, width, height) of a car that its picture's frame does not cut; else None."""
    left, top, wide, tall = cv2.boundingRect((picture["truth"][..., 3] > 127).astype(np.uint8))
    if left < 2 or top < 2 or left + wide > picture["rgb"].shape[1] - 2 or top + tall > picture["rgb"].shape[0] - 2:
        return None
    return left, top, wide, tall


def moved(picture, box, across, down, x, y, dice):
    """A car scaled and set with its box's corner at (x, y): colours, truth and its map, nothing of its own place."""
    left, top = box[:2]
    matrix = np.float32([[across, 0, x - left * across], [0, down, y - top * down]])
    source = cv2.GaussianBlur(picture["rgb"], (0, 0), .35 / across) if across < .8 else denoised(picture["rgb"], dice)
    car = cv2.warpAffine(source, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE).astype(np.float32) / 255
    truth = cv2.warpAffine(picture["truth"], matrix, (WIDTH, HEIGHT)).astype(np.float32) / 255
    crop = (left - x / across, top - y / down, WIDTH / across, HEIGHT / down)
    near = cv2.GaussianBlur(truth[..., 3], (0, 0), 9) > .02
    return car, truth, onto(picture["map2"], picture["rects"][2], crop, WIDTH, HEIGHT) * near


def shaded(behind, alpha, bottom, dice):
    """The ground under a car, darkened."""
    foot = alpha.copy()
    foot[:max(0, int(bottom))] = 0
    return behind * (1 - cv2.GaussianBlur(foot, (0, 0), dice.uniform(3, 15))[..., None] * np.float32(dice.uniform(.3, 1)))


def bodied(car, truth, extent, dice):
    """A plain box set on a car, as vans and lorries carry, with stripes and discs on it; part of the vehicle."""
    x, y, wide, tall = extent
    left, right = x + wide * dice.uniform(-.05, .45), x + wide * dice.uniform(.6, 1.05)
    top, bottom, lean = y - tall * dice.uniform(.1, .9), y + tall * dice.uniform(.5, .8), tall * dice.uniform(-.12, .12)
    body = np.zeros((HEIGHT, WIDTH), np.float32)
    corners = np.array([[left, top], [right, top + lean], [right, bottom - lean], [left, bottom]], np.int32)
    cv2.fillConvexPoly(body, corners, 1.0, cv2.LINE_AA)
    paint = np.full((HEIGHT, WIDTH, 3), dice.uniform(.05, 1) * dice.uniform(.5, 1, 3), np.float32)
    paint *= np.linspace(dice.uniform(.7, 1.2), dice.uniform(.7, 1.2), WIDTH, dtype=np.float32)[:, None]
    for _ in range(int(dice.integers(0, 6))):
        colour, thick = dice.uniform(0, 1, 3).tolist(), int(dice.choice([-1, 2, 4]))
        spot, far = ((int(dice.uniform(left, right)), int(dice.uniform(top, bottom))) for _ in range(2))
        if dice.uniform() < .5:
            cv2.rectangle(paint, spot, far, colour, thick)
        else:
            cv2.circle(paint, spot, int(dice.uniform(.05, .4) * tall) + 2, colour, thick)
    body *= 1 - truth[..., 3] if dice.uniform() < .6 else (np.arange(HEIGHT) < y + .45 * tall)[:, None]
    alpha = (truth[..., 3] + body).clip(0, 1)
    truth = truth * (1 - body[..., None])
    truth[..., 3] = alpha
    return car * (1 - body[..., None]) + paint.clip(0, 1) * body[..., None], truth, body


def placed(picture, other, rival, dice):
    """A car cut out by its exact mask and set before another picture, sometimes with a smaller one further back.

    Colours, truth of the nearer car, and a map that may show all of them; None for a car that its own frame cuts.
    """
    box, second = cut_box(picture), cut_box(rival)
    if box is None:
        return None
    wide, tall = box[2:]
    across = dice.uniform(.18, 1.05) * WIDTH / wide
    down = min(across * dice.uniform(.88, 1.12), HEIGHT * 1.05 / tall)
    x = dice.uniform(-.1 * wide * across, WIDTH - .9 * wide * across)
    y = dice.uniform(-.05, .95 if dice.uniform() < .2 else 1) * max(0, HEIGHT - .95 * tall * down)
    behind, where = scenery(other, dice)
    map_ = np.zeros((HEIGHT, WIDTH), np.float32)
    if dice.uniform() < .6:
        map_ = onto(other["map0"], other["rects"][0], where, WIDTH, HEIGHT)
    if second is not None and dice.uniform() < .5:
        small = across * wide / second[2] * dice.uniform(.25, .9)
        spot = dice.uniform(-.3 * second[2] * small, WIDTH - .5 * second[2] * small), y + tall * down * dice.uniform(.5, .95)
        back, mask, found = moved(rival, second, small, small, spot[0], spot[1] - second[3] * small, dice)
        behind = shaded(behind, mask[..., 3], spot[1] - .25 * second[3] * small, dice)
        behind = back * mask[..., 3:] + behind * (1 - mask[..., 3:])
        map_ = np.maximum(map_, found) if dice.uniform() < .5 else map_
    car, truth, found = moved(picture, box, across, down, x, y, dice)
    if dice.uniform() < .25:
        car, truth, body = bodied(car, truth, (x, y, wide * across, tall * down), dice)
        found = np.maximum(found, body * np.float32(dice.uniform(0, 1)))
    behind = shaded(behind, truth[..., 3], y + .75 * tall * down, dice)
    return car * truth[..., 3:] + behind * (1 - truth[..., 3:]), truth, np.maximum(map_, found)


def misled(map_, colours, dice):
    """A first look that took something else: with the car, instead of it, everything, or nothing."""
    way = dice.uniform()
    if way < .45:
        if dice.uniform() < .5:
            more = stray_map(colours, dice)
        else:
            corners = dice.uniform(-.1, 1.1, (int(dice.integers(3, 7)), 2)) * [WIDTH, HEIGHT]
            more = np.zeros((HEIGHT, WIDTH), np.float32)
            cv2.fillConvexPoly(more, cv2.convexHull(corners.astype(np.int32)), 1.0)
        return np.maximum(map_, cv2.GaussianBlur(more, (0, 0), dice.uniform(1, 5)))
    if way < .6:
        return np.roll(map_, (int(dice.uniform(-.4, .4) * HEIGHT), int(dice.uniform(-.4, .4) * WIDTH)), (0, 1))
    if way < .75:
        return stray_map(colours, dice)
    return np.full_like(map_, dice.choice([0, 0, 1, dice.uniform(0, 1)]))


def taken(picture, dice):
    """A part of a picture as rendered: colours, truth and one of the maps of it."""
    empty = not picture["truth"][..., 3].any()
    crop = stray_crop(picture, dice) if empty and dice.uniform() < .4 else crop_of(picture, dice)
    which = dice.choice(3, p=[.25, .4, .35] if picture["found"] else [0, .5, .5])
    map_ = onto(picture[f"map{which}"], picture["rects"][which], crop, WIDTH, HEIGHT)
    rows, columns = slice(crop[1], crop[1] + crop[3]), slice(crop[0], crop[0] + crop[2])
    colours = sized(denoised(picture["rgb"][rows, columns], dice)).astype(np.float32) / 255
    truth = sized(picture["truth"][rows, columns]).astype(np.float32) / 255
    if empty and (map_.max() < .5 or dice.uniform() < .2):
        map_ = stray_map(colours, dice)
    return colours, truth, map_


def sample(picture, dice, other, rival):
    """Planes 4 x H x W and truth 3 x H x W (alpha, glass, wheel).

    `other` is another picture, whose colours sometimes show through panes or stand behind the car; `rival` shows a car.
    """
    made = placed(picture, other, rival, dice) if picture["truth"].any() and not other["truth"].any() else None
    colours, truth, map_ = made or taken(picture, dice)
    if dice.uniform() < .25:
        colours = seen_through(colours, truth, scenery(other, dice)[0], dice)
    if dice.uniform() < .5:
        colours, truth, map_ = (np.ascontiguousarray(x[:, ::-1]) for x in (colours, truth, map_))
    stored = photographed(colours, truth[..., 3:], dice).astype(np.float32) / 255
    map_ = misled(map_, stored, dice) if dice.uniform() < .3 else mistaken(map_, dice)
    planes = np.concatenate([(stored - MEAN) / DEVIATION, map_[..., None]], -1).astype(np.float32)
    return planes.transpose(2, 0, 1), np.stack([truth[..., 3], truth[..., 0], truth[..., 1]])
