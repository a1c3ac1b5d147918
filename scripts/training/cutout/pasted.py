"""Samples for the second decoder: cars pasted on other pictures, or rendered pictures cut anew; the main car's alpha is the truth."""
import cv2
import numpy as np

# Shares of samples without a car, and of those with a pasted one.
EMPTY, PASTED = .16, .39


def pictures(folder):
    """Rendered cars (colours, truth's four planes, box) and the pictures without one."""
    cars, places = [], []
    for file in sorted(folder.glob("*.jpg")):
        mask = file.with_suffix(".png")
        colours, truth = cv2.imread(str(file)), cv2.imread(str(mask), cv2.IMREAD_UNCHANGED) if mask.exists() else None
        if truth is None or not (truth[..., 3] > 127).any():
            places.append(cv2.cvtColor(colours, cv2.COLOR_BGR2RGB))
        elif (truth[..., 3] > 127).sum() > 2000:
            cars.append((cv2.cvtColor(colours, cv2.COLOR_BGR2RGB), truth[..., 3], cv2.boundingRect((truth[..., 3] > 127).astype(np.uint8))))
    return cars, places


def chosen(things, dice):
    return things[int(dice.integers(len(things)))]


def toned(picture, dice):
    """Another exposure, contrast, white balance, saturation, sharpness, noise and compression."""
    x = picture.astype(np.float32) * dice.uniform(.6, 1.4) * dice.uniform(.88, 1.12, 3).astype(np.float32)
    x = (x - x.mean()) * np.float32(dice.uniform(.6, 1.4)) + x.mean()
    grey = x.mean(2, keepdims=True)
    x = grey + (x - grey) * np.float32(dice.uniform(.2, 1.5))
    if dice.uniform() < .3:
        x = cv2.GaussianBlur(x, (0, 0), dice.uniform(.4, 1.4))
    if dice.uniform() < .4:
        x = x + dice.normal(0, dice.uniform(1, 12), x.shape)
    x = x.clip(0, 255).astype(np.uint8)
    if dice.uniform() < .4:
        x = cv2.imdecode(cv2.imencode(".jpg", x, [cv2.IMWRITE_JPEG_QUALITY, int(dice.integers(25, 90))])[1], 1)
    return x


def shapes(dice, width, height):
    """A place of soft colours with flat figures on it."""
    x = np.zeros((height, width, 3), np.float32)
    for octave in range(5):
        grid = dice.random((2 ** (octave + 1), 2 ** (octave + 1) + 1, 3)).astype(np.float32)
        x += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) * .6 ** octave
    x = (x - x.min()) / (x.max() - x.min()) * 255
    for _ in range(int(dice.integers(0, 14))):
        corners = (dice.random((int(dice.integers(3, 7)), 2)) * [width, height]).astype(np.int32)
        cv2.fillPoly(x, [corners], dice.uniform(0, 255, 3).tolist())
    return x.astype(np.uint8)


def place(places, dice, width, height):
    """A part of a picture without a car, or shapes."""
    if dice.uniform() < .25 or not places:
        return shapes(dice, width, height)
    part = chosen(places, dice)
    times = max(width / part.shape[1], height / part.shape[0]) * dice.uniform(1, 1.6)
    part = cv2.resize(part, (int(part.shape[1] * times) + 1, int(part.shape[0] * times) + 1))
    left, top = int(dice.integers(part.shape[1] - width + 1)), int(dice.integers(part.shape[0] - height + 1))
    return part[top:top + height, left:left + width].copy()


def boxed(colours, alpha, dice):
    """A box on the car, as vans and lorries carry."""
    tall, wide = alpha.shape
    over = int(tall * dice.uniform(.3, 1.3))
    colours = np.concatenate([np.zeros((over, wide, 3), np.float32), colours])
    alpha = np.concatenate([np.zeros((over, wide), np.float32), alpha])
    body = np.zeros_like(alpha)
    left, right, bottom = dice.uniform(-.05, .5) * wide, dice.uniform(.55, 1.05) * wide, over + tall * dice.uniform(.45, .75)
    corners = [[left, dice.uniform(0, .3) * over], [right, dice.uniform(0, .3) * over], [right, bottom], [left, bottom]]
    cv2.fillPoly(body, [np.array(corners, np.int32)], 1.0, cv2.LINE_AA)
    paint = np.full(colours.shape, dice.uniform(15, 250) * dice.uniform(.5, 1.3, 3), np.float32)
    for _ in range(int(dice.integers(0, 6))):
        spot = int(dice.integers(wide)), int(dice.integers(len(alpha)))
        cv2.circle(paint, spot, int(dice.integers(2, max(3, tall // 2))), dice.uniform(0, 255, 3).tolist(), int(dice.choice([-1, 2])))
    body *= 1 - alpha if dice.uniform() < .6 else (np.arange(len(alpha)) < over + .5 * tall)[:, None]
    return colours * (1 - body[..., None]) + paint.clip(0, 255) * body[..., None], (alpha + body).clip(0, 1)


def paste(ground, car, dice, width, middle):
    """Set a car on `ground` in place, `width` pixels wide; its alpha there, or None where nothing of it shows."""
    source, mask, (left, top, wide, tall) = car
    size = max(8, int(width)), max(6, int(tall * width / wide * dice.uniform(.85, 1.15)))
    part = slice(top, top + tall), slice(left, left + wide)
    colours = cv2.resize(source[part], size, interpolation=cv2.INTER_AREA).astype(np.float32)
    alpha = cv2.resize(mask[part], size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if dice.uniform() < .2:
        colours, alpha = boxed(colours, alpha, dice)
    if dice.uniform() < .5:
        colours, alpha = colours[:, ::-1], alpha[:, ::-1]
    colours = colours[..., dice.permutation(3)] if dice.uniform() < .25 else colours * dice.uniform(.8, 1.2)
    height, wide = alpha.shape
    x = int(middle[0] - wide / 2)
    y = int(min(middle[1] - height / 2, ground.shape[0] * 1.02 - height * dice.uniform(.75, 1)))
    full, spread = np.zeros(ground.shape[:2], np.float32), np.zeros(ground.shape, np.float32)
    rows, columns = slice(max(0, y), min(len(full), y + height)), slice(max(0, x), min(full.shape[1], x + wide))
    if rows.stop - rows.start < 4 or columns.stop - columns.start < 4:
        return None
    inner = slice(rows.start - y, rows.stop - y), slice(columns.start - x, columns.stop - x)
    full[rows, columns], spread[rows, columns] = alpha[inner], colours[inner]
    shade = np.zeros_like(full)
    foot = (int(middle[0]), int(y + .95 * height)), (max(2, int(.48 * wide)), max(2, int(.12 * height)))
    cv2.ellipse(shade, *foot, 0, 0, 360, dice.uniform(0, .85), -1)
    behind = ground * (1 - cv2.GaussianBlur(shade, (0, 0), max(1, .02 * wide))[..., None])
    ground[:] = (behind * (1 - full[..., None]) + spread.clip(0, 255) * full[..., None]).clip(0, 255)
    return full


def cut(car, dice, width, height):
    """A part of a rendered picture round its car."""
    source, mask, (left, top, wide, tall) = car
    across = min(source.shape[1], wide / dice.uniform(.45, 1.15))
    down = min(source.shape[0], across * dice.uniform(.6, .95))
    x = left + wide / 2 + wide * dice.uniform(-.2, .2) - across / 2
    y = top + tall / 2 + tall * dice.uniform(-.25, .25) - down / 2
    x, y = int(np.clip(x, 0, source.shape[1] - across)), int(np.clip(y, 0, source.shape[0] - down))
    part = slice(y, y + int(down)), slice(x, x + int(across))
    alpha = cv2.resize(mask[part], (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return cv2.resize(source[part], (width, height)), alpha


def sample(cars, places, dice, width, height):
    """Colours (8 bits) and the main car's alpha, 0...1."""
    way = dice.uniform()
    if way > EMPTY + PASTED:
        ground, alpha = cut(chosen(cars, dice), dice, width, height)
    else:
        ground, alpha = place(places, dice, width, height), None
    if EMPTY < way <= EMPTY + PASTED:
        wide = width * (dice.uniform(.1, .3) if dice.uniform() < .33 else dice.uniform(.25, 1.05))
        for _ in range(int(dice.integers(1, 4)) if dice.uniform() < .5 else 0):
            paste(ground, chosen(cars, dice), dice, wide * dice.uniform(.2, .75), (width * dice.random(), height * dice.uniform(.3, .7)))
        alpha = paste(ground, chosen(cars, dice), dice, wide, (width * dice.uniform(.3, .7), height * dice.uniform(.4, .72)))
    alpha = np.zeros((height, width), np.float32) if alpha is None else alpha
    if dice.uniform() < .5:
        ground, alpha = np.ascontiguousarray(ground[:, ::-1]), np.ascontiguousarray(alpha[:, ::-1])
    return toned(ground, dice), alpha
