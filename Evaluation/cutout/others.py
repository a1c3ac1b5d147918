"""Pictures without a vehicle must wait for a person; pictures of cars must not."""
import dataclasses
import pathlib

import numpy as np
from PIL import Image, ImageDraw

import places

CODES = ("no_main_object", "not_a_vehicle")
# A street of parked cars, and motorcycles: neither a car's photo nor one without vehicles.
LEFT_OUT = ("fivek_pairs/input/a2995.png", "kodak/05.png")


@dataclasses.dataclass(frozen=True)
class Plain:
    """A picture of which only is known whether a vehicle is its main object."""
    group: str
    name: str
    photo: pathlib.Path
    vehicle: bool

    @property
    def key(self):
        """Unique among all sets."""
        return f"plain {self.group}", self.name


def pictures(data, cache):
    """What is judged by its review alone, group by group."""
    groups = [("rooms", "G_robust/houses_realestate", "*_[bk]*.jpg", False), ("houses", "G_robust/houses_realestate", "*_frontal.jpg", False),
              ("plans", "D_floorplans/cubicasa5k_real", "*/*original.png", False),
              ("plans", "D_floorplans/uk_agent_plans_noGT", "*.jpg", False),
              ("plans", "D_floorplans/floorplan2blender_noGT", "*.png", False),
              ("streets and scenes", "E_enhance/kodak", "*.png", False), ("streets and scenes", "E_enhance/urban100_x2", "*HR.png", False),
              ("streets and scenes", "E_enhance/fivek_pairs/input", "*.png", False),
              ("streets and scenes", "E_enhance/lowlight_DICM_noGT", "*.jpg", False),
              ("people and animals", "E_enhance/set5_x2", "*HR.png", False),
              ("cars: studio", "B_matting/carvana_noGT", "*.jpg", True), ("cars: studio", "B_matting/spin_vw_polo_studio", "*.jpg", True),
              ("cars: adverts", "C_plates/german_usedcar_masks/images", "*.jpg", True),
              ("cars: adverts", "C_plates/autoria_seller_photos", "*.jpeg", True),
              ("cars: rear and front", "C_plates/openalpr_eu", "*.jpg", True)]
    for group, folder, pattern, vehicle in groups:
        for photo in sorted((data / folder).glob(pattern)):
            if not photo.as_posix().endswith(LEFT_OUT):
                yield Plain(group, f"{pathlib.Path(folder).name}-{photo.stem}".replace(" ", "-"), photo, vehicle)
    for index in range(4):
        yield Plain("documents", f"page-{index}", document(cache / "documents", index), False)


def document(folder, index):
    """A page of lines as long as words, with a table or a stamp: a document of nobody's."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"page-{index}.png"
    if path.exists():
        return path
    dice = np.random.default_rng([23, index])
    page = Image.new("RGB", (900, 1200), tuple(int(250 - 12 * value) for value in dice.random(3)))
    draw = ImageDraw.Draw(page)
    y = 110
    while y < 1080:
        x, end = 100, 800 if dice.random() > .2 else dice.integers(250, 700)
        while x < end:
            width = int(dice.integers(18, 90))
            draw.rectangle((x, y, min(x + width, 800), y + 9), fill=(45, 45, 50))
            x += width + 10
        y += 22 if dice.random() > .12 else 48
    if index % 2:
        for row in range(6):
            draw.rectangle((100, 500 + row * 40, 800, 540 + row * 40), outline=(60, 60, 60), fill=(240, 240, 240))
    else:
        draw.ellipse((560, 880, 760, 1080), outline=(150, 40, 50), width=6)
    places.write(page, path, "PNG")
    return path


def flagged(answer):
    """Whether an answer waits for a person because there is no car in it."""
    return any(code in answer.review for code in CODES)


def counts(found, answers, cars=()):
    """{group: (vehicle, flagged, all, names that went wrong)}; `cars` are keys of pictures of the sets, all of vehicles."""
    table = {}
    rows = [(item.group, item.vehicle, item.key) for item in found] + [(f"cars: {key[0]}", True, key) for key in cars]
    for group, vehicle, key in rows:
        if key in answers:
            row = table.setdefault(group, [vehicle, 0, 0, []])
            stopped = flagged(answers[key])
            row[1] += stopped
            row[2] += 1
            if stopped == vehicle:
                row[3].append(key[1])
    return table
