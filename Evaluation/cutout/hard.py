"""The sets of composites: meshes on places, and what goes wrong first: white on sky, black on dark, rivals, cut cars."""
import json

import numpy as np
from PIL import Image

import places
import vehicles


def made(cache, names, make):
    """(name, photo, truth) of each name; `make(index)` gives picture and layer of what isn't there yet."""
    folder = cache / f"v{places.VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(names):
        photo, truth = folder / f"{name}.jpg", folder / f"{name}.png"
        if not photo.exists():
            picture, layer = make(index)
            places.save(folder, name, picture, layer)
        yield name, photo, truth


def frame(data, index):
    """A frame of the Beetle."""
    return data / f"B_matting/spin_vw_beetle_alpha/frame_{index % 36 + 1:02d}.png"


def meshes(data, cache):
    """Each vehicle from six sides, each time in another paint and place."""
    def make(index):
        vehicle, side = index % 5, index // 5
        place = places.photo_of(data, index * 3)
        layer = places.rendered(data, vehicle, 20 + 60 * side + 17 * vehicle, places.PAINTS[(index * 3 + side) % 8], place, index)
        return places.laid(place, [layer], index), layer
    names = [f"{vehicles.VEHICLES[i % 5].name}-{i // 5}" for i in range(30)]
    return made(cache / "meshes", names, make)


def mixed(index, beetles):
    """Every `beetles`th car of a hard set is a Beetle."""
    return index % beetles == beetles - 1


def names_of(count, beetles):
    """Names of a hard set's pictures."""
    return [f"{i:02d}-{'beetle' if mixed(i, beetles) else vehicles.VEHICLES[i % 5].name}" for i in range(count)]


def car(data, index, place, paint, beetles, **how):
    """The main car of a hard picture."""
    if mixed(index, beetles):
        return places.beetle(frame(data, index * 5), index, paint=paint)
    return places.rendered(data, index, 25 + 47 * index, paint, place, 100 + index, **how)


def sky(shape, index):
    """A bright overcast sky, faintly clouded."""
    dice = np.random.default_rng([11, index])
    clouds = sum(np.asarray(Image.fromarray(dice.random((n, n + 2), np.float32)).resize(shape[1::-1], Image.Resampling.BICUBIC)) / n
                 for n in (3, 6, 12))
    clouds = (clouds - clouds.min()) / np.ptp(clouds)
    bright = dice.uniform(.80, .97)
    return np.clip(np.float32([.97, .985, 1])[None, None] * (bright + .22 * (clouds - .5))[..., None], 0, 1.05)


def white_on_sky(data, cache):
    """White cars seen from low down against a bright sky that is nearly as white."""
    def make(index):
        photo = places.photo_of(data, index)
        height, width = photo.shape[:2]
        horizon = int(height * .68)
        low = photo[int(height * .74):]
        ground = np.stack([np.asarray(Image.fromarray(np.ascontiguousarray(low[..., k])).resize((width, height - horizon), Image.Resampling.BICUBIC))
                           for k in range(3)], 2)
        place = np.concatenate([sky((horizon, width), index), np.clip(ground, 0, 1)]).astype(np.float32)
        layer = car(data, index, place, "white", 4, height=.75, sunny=False)
        return places.laid(place, [layer], 200 + index), layer
    return made(cache / "white", names_of(16, 4), make)


def black_on_dark(data, cache):
    """Black cars at dusk on a ground as dark as they are."""
    def make(index):
        place = places.photo_of(data, index * 5 + 1)
        rows = np.linspace(0, 1, place.shape[0], dtype=np.float32)[:, None, None]
        place = place * np.where(rows < .5, .5, .5 - .38 * np.clip((rows - .5) / .15, 0, 1))
        layer = car(data, index, place, "black", 4, sunny=False)
        return places.laid(place.astype(np.float32), [layer], 300 + index), layer
    return made(cache / "black", names_of(16, 4), make)


def cars_behind(data, cache):
    """Another car stands behind, smaller and partly hidden; only the nearer one is the object."""
    def make(index):
        dice = np.random.default_rng([13, index])
        place = places.photo_of(data, index * 7 + 2)
        near = car(data, index, place, places.PAINTS[index % 8], 3, height=1.6, share=.60)
        others = []
        for k in range(1 + index % 2):
            if (index + k) % 3 == 0 and not mixed(index, 3):
                other = places.beetle(frame(data, index * 11 + 9 * k), index + k, .6)
            else:
                other = places.rendered(data, index + 2 + k, 70 + 61 * index + 40 * k, places.PAINTS[(index + 3 + k) % 8], place,
                                        400 + 10 * index + k, height=1.6, share=.60)
            scale = dice.uniform(.5, .72) * (.6 if mixed(index, 3) else 1)  # the Beetle's frames show it smaller
            rows = np.flatnonzero(near.alpha.max(1) > .5)
            wheels = np.flatnonzero(other.alpha.max(1) > .5)[-1] - vehicles.SIZE[1] / 2
            horizon = vehicles.SIZE[1] * .5
            stand = horizon + (rows[-1] - horizon) * scale  # where a car of that size stands
            side = (-1, 1)[(index + k) % 2] * dice.uniform(.18, .34) * vehicles.SIZE[0]
            others.append(places.moved(other, scale, side, stand - vehicles.SIZE[1] / 2 - wheels * scale))
        return places.laid(place, [*others, near], 400 + index), near
    return made(cache / "behind", names_of(18, 3), make)


def cropped(cache, sources):
    """Pictures of other sets cut so that the border takes 12 to 30 % of the car; the truth is cut likewise."""
    folder = cache / "cropped" / f"v{places.VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    for index, source in enumerate(sources):
        new, mask = folder / f"{source.name}.jpg", folder / f"{source.name}.png"
        if not new.exists():
            with Image.open(source.truth).convert("L") as whole, Image.open(source.photo).convert("RGB") as picture:
                window = cut(whole, np.random.default_rng([17, index]), index)
                places.write(whole.crop(window), mask, "PNG")
                (folder / f"{source.name}.json").write_text(json.dumps({"wheels": [], "soft": source.soft}))
                places.write(picture.crop(window), new, "JPEG", quality=92, subsampling=0)
        yield source.name, new, mask


def cut(mask, dice, index):
    """The window (left, top, right, bottom) that cuts the object at one or two sides."""
    left, top, right, bottom = mask.point(lambda value: 255 if value >= 128 else 0).getbbox()
    window = [0, 0, *mask.size]
    for side in ((0,), (2,), (3,), (0, 3), (2, 3), (1,))[index % 6]:
        part = dice.uniform(.12, .30)
        window[side] = int((left + part * (right - left), top + part * (bottom - top),
                            right - part * (right - left), bottom - part * (bottom - top))[side])
    return tuple(window)
