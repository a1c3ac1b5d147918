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
    box = picture["box"].copy()
    box[2:] *= 1 + dice.normal(size=2) * .02
    margin = dice.uniform(.05, .2) * max(box[2], box[3])
    left, top = int(max(0, box[0] - margin)), int(max(0, box[1] - margin))
    right, bottom = int(min(width, box[0] + box[2] + margin)), int(min(height, box[1] + box[3] + margin))
    return (left, top, right - left, bottom - top) if min(right - left, bottom - top) >= 40 else (0, 0, width, height)


def denoised(part, dice):
    """Renders have few rays a pixel; what is left of the noise stands for a sensor's."""
    way = dice.uniform()
    return cv2.bilateralFilter(part, 5, 40, 3) if way < .6 else cv2.medianBlur(part, 3) if way < .8 else part


def photographed(picture, alpha, dice):
    """Colours 0...1 as a phone might have stored them: 8 bits."""
    if dice.uniform() < .5:
        picture = toned(dice, picture, 1.3) * alpha + toned(dice, picture, 1.3) * (1 - alpha)
    picture = toned(dice, picture)
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


def sample(picture, dice, patch=None):
    """Planes 4 x H x W and truth 3 x H x W (alpha, glass, wheel); `patch` (H, W) cuts a part out of them."""
    crop = crop_of(picture, dice)
    which = dice.choice(3, p=[.25, .4, .35] if picture["found"] else [0, .5, .5])
    map_ = onto(picture[f"map{which}"], picture["rects"][which], crop, WIDTH, HEIGHT)
    rows, columns = slice(crop[1], crop[1] + crop[3]), slice(crop[0], crop[0] + crop[2])
    colours = sized(denoised(picture["rgb"][rows, columns], dice)).astype(np.float32) / 255
    truth = sized(picture["truth"][rows, columns]).astype(np.float32) / 255
    if dice.uniform() < .5:
        colours, truth, map_ = (np.ascontiguousarray(x[:, ::-1]) for x in (colours, truth, map_))
    stored = photographed(colours, truth[..., 3:], dice).astype(np.float32) / 255
    planes = np.concatenate([(stored - MEAN) / DEVIATION, mistaken(map_, dice)[..., None]], -1).astype(np.float32)
    wanted = np.stack([truth[..., 3], truth[..., 0], truth[..., 1]], -1)
    if patch:
        top = 32 * int(dice.integers(0, (HEIGHT - patch[0]) // 32 + 1))
        left = 32 * int(dice.integers(0, (WIDTH - patch[1]) // 32 + 1))
        part = slice(top, top + patch[0]), slice(left, left + patch[1])
        planes, wanted = planes[part], wanted[part]
    return planes.transpose(2, 0, 1), wanted.transpose(2, 0, 1)
