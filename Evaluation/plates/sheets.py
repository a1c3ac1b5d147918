"""Contact sheets of what went wrong, by cause: lost and flagged plates, false covers, flags, loose quads."""
import numpy as np
from PIL import Image, ImageDraw

import sets

WIDTH, HEIGHT, COLUMNS, MOST = 420, 300, 5, 60
RED, GREEN, YELLOW = (255, 40, 40), (40, 255, 80), (255, 220, 40)


def close(picture, around, quads, text):
    """A part of a picture round a place, with quads and a line of text."""
    image = sets.upright(picture.path)
    around = np.array(around, float)
    (left, top), (right, bottom) = around.min(0), around.max(0)
    reach = max(right - left, (bottom - top) * 1.5, 40)
    x, y = (left + right) / 2, (top + bottom) / 2
    box = [max(0, int(x - reach)), max(0, int(y - reach * .7)), min(image.width, int(x + reach)), min(image.height, int(y + reach * .7))]
    part = image.crop(box)
    scale = min(WIDTH / part.width, (HEIGHT - 16) / part.height)
    part = part.resize((max(1, int(part.width * scale)), max(1, int(part.height * scale))), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(part)
    for quad, colour in quads:
        draw.polygon([((px - box[0]) * scale, (py - box[1]) * scale) for px, py in quad], outline=colour)
    tile = Image.new("RGB", (WIDTH, HEIGHT), (24, 24, 24))
    tile.paste(part, (0, 16))
    ImageDraw.Draw(tile).text((3, 2), text[:70], fill=(240, 240, 240))
    return tile


def board(tiles, path):
    """All tiles on one sheet; none, no sheet."""
    path.unlink(missing_ok=True)
    if not tiles:
        return
    sheet = Image.new("RGB", (WIDTH * COLUMNS, HEIGHT * -(-len(tiles) // COLUMNS)))
    for index, tile in enumerate(tiles):
        sheet.paste(tile, (index % COLUMNS * WIDTH, index // COLUMNS * HEIGHT))
    sheet.save(path)


def draw(known, empty, answers, folder):
    """Every sheet of one finder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row for score in known.values() for row in score.rows]
    missed = sorted((row for row in rows if row.found is None), key=lambda row: (row.flagged, -row.plate.height))
    board([close(row.picture, row.plate.polygon,
                 [(row.plate.polygon, RED)] + [(p.quad, GREEN) for p in answers[row.picture.key].plates] + [(f.quad, YELLOW) for f in answers[row.picture.key].flags],
                 f"{'flagged' if row.flagged else 'LOST'} {row.plate.height:.0f} px {row.picture.key}") for row in missed[:MOST]], folder / "missed.png")
    wrong = [pair for each in (known, empty) for score in each.values() for pair in score.wrong]
    board([close(picture, found.quad, [(found.quad, GREEN)], f"{found.confidence:.2f} {found.text} {picture.key}")
           for picture, found in wrong[:MOST]], folder / "false-covers.png")
    flags = [pair for each in (known, empty) for score in each.values() for pair in score.flags]
    board([close(picture, found.quad, [(found.quad, YELLOW)], f"{found.confidence:.2f} {found.reason} {picture.key}")
           for picture, found in flags[:MOST]], folder / "flags.png")
    loose = sorted((row for row in rows if row.found is not None), key=lambda row: (row.covered, row.iou))
    board([close(row.picture, row.plate.polygon, [(row.plate.polygon, RED), (row.found.quad, GREEN)],
                 f"cover {row.covered:.3f} IoU {row.iou:.2f} {row.picture.key}") for row in loose[:MOST]], folder / "loose.png")
