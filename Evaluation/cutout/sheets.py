"""Contact sheets: the worst ten pictures of each set with their errors, and pictures without truth as they were cut."""
import numpy as np
from PIL import Image, ImageDraw

WIDTH, WORST = 400, 10


def small(image):
    """As large as a sheet's cell takes."""
    scale = min(WIDTH / image.width, WIDTH * .75 / image.height)
    return image.convert("RGB").resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BOX)


def errors(photo, alpha, truth):
    """The photo in grey; red is too much, green is lost, by how much."""
    grey = np.asarray(photo.convert("L"), np.float32)[..., None] * .6 + 40
    wrong = (alpha.astype(np.float32) - truth) / 255
    red, green = np.maximum(wrong, 0)[..., None], np.maximum(-wrong, 0)[..., None]
    out = grey * (1 - red - green) + np.float32([255, 30, 30]) * red + np.float32([30, 230, 60]) * green
    return Image.fromarray(out.clip(0, 255).astype(np.uint8))


def cut(photo, alpha):
    """What was cut out, on magenta."""
    share = alpha[..., None].astype(np.float32) / 255
    out = np.asarray(photo.convert("RGB"), np.float32) * share + np.float32([200, 60, 200]) * (1 - share)
    return Image.fromarray(out.astype(np.uint8))


def board(rows, columns=2):
    """Pairs of pictures with a line of text each, `columns` pairs beside one another."""
    high = max(left.height for left, _, _ in rows) + 16
    sheet = Image.new("RGB", (2 * WIDTH * columns, high * -(-len(rows) // columns)), (24, 24, 24))
    draw = ImageDraw.Draw(sheet)
    for index, (left, right, text) in enumerate(rows):
        x, y = index % columns * 2 * WIDTH, index // columns * high
        draw.text((x + 4, y + 2), text, fill=(240, 240, 240))
        sheet.paste(left, (x, y + 16))
        sheet.paste(right, (x + WIDTH, y + 16))
    return sheet


def worst(pictures, answers, scores, folder):
    """A sheet of the ten lowest IoUs a set."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in dict.fromkeys(picture.set for picture in pictures):
        chosen = sorted((p for p in pictures if p.set == name and p.key in scores), key=lambda p: scores[p.key]["iou"])[:WORST]
        rows = []
        for picture in chosen:
            photo, truth = Image.open(picture.photo), np.asarray(Image.open(picture.truth).convert("L"))
            s = scores[picture.key]
            text = f"{picture.name}  IoU {s['iou']:.3f}  border {s['boundaryF']:.3f}  band {s['band']:.3f}"
            rows.append((small(photo), small(errors(photo, answers[picture.key].alpha, truth)), text))
        if rows:
            board(rows).save(folder / f"{name.replace(' ', '-')}.png")


def parts_lost(outlined, answers, lost, folder):
    """The photos on which most of a part was lost, the parts' outlines drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for key in sorted(lost, key=lambda key: min(lost[key].values()))[:2 * WORST]:
        photo = Image.open(outlined[key][0]).convert("RGB")
        image = cut(photo, answers[key].alpha)
        for group, polygons in outlined[key][1]:
            for polygon in polygons:
                points = [tuple(point) for point in np.reshape(polygon, (-1, 2))]
                ImageDraw.Draw(image).polygon(points, outline=(255, 230, 0))
        rows.append((small(photo), small(image), f"{key[1]}  " + ", ".join(f"{g} {v:.2f}" for g, v in lost[key].items())))
    if rows:
        board(rows).save(folder / "parts-lost.png")


def plain(found, answers, folder):
    """Pictures without truth, a sheet a group: as they were cut, and why a person should look."""
    folder.mkdir(parents=True, exist_ok=True)
    for group in dict.fromkeys(item.group for item in found):
        rows = []
        for item in found:
            if item.group == group and item.key in answers:
                photo, answer = Image.open(item.photo), answers[item.key]
                rows.append((small(photo), small(cut(photo, answer.alpha)),
                             f"{item.name}  confidence {answer.confidence:.2f}  {' '.join(answer.review)}"))
        if rows:
            board(rows, 4).save(folder / f"{group.replace(': ', '-').replace(' ', '-')}.png")


def draw(material, answers, scores, lost, folder):
    """Every sheet of one method."""
    worst(material.pictures, answers, scores, folder)
    parts_lost(material.outlined, answers, lost, folder)
    plain(material.plain, answers, folder / "plain")
    print(f"sheets: {folder}")
