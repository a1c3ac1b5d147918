"""What the surfaces of a rendered vehicle look like: paint, tyres, panes and liveries in a place's light; colours are linear."""
import numpy as np

import raster

PAINTS = {"white": (.86, .86, .84), "silver": (.48, .49, .50), "black": (.012, .012, .014), "red": (.42, .015, .02),
          "blue": (.02, .06, .30), "green": (.03, .14, .06), "yellow": (.75, .50, .03), "grey": (.09, .095, .10)}
# What a surface is, its colour (linear) and how much it mirrors straight on.
SURFACES = {"paint": (None, .05), "black": ((.01, .01, .01), .03), "tyre": ((.012, .012, .013), .015),
            "rim": ((.55, .55, .56), .35), "disc": (None, .25), "chrome": ((.6, .6, .6), .6), "red": ((.45, .01, .01), .08),
            "amber": ((.8, .25, .01), .08), "lamp": ((.75, .75, .72), .15), "white": ((.7, .7, .7), .04),
            "glass": ((.01, .012, .012), .08), "texture": (None, .05)}


def linear(colour):
    """From sRGB, nearly."""
    return np.asarray(colour, np.float32) ** 2.2


def shade(whole, livery, kinds, t, w, view, light, sun, shades, paint):
    """Colour of samples: sky, sun and what the surface mirrors."""
    points = (whole.points[t].astype(np.float32) * w).sum(1)
    normals = (whole.normals[t].astype(np.float32) * w).sum(1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    uv = (whole.uv[t].astype(np.float32) * w).sum(1)
    sight = points - view[1].astype(np.float32)
    sight /= np.linalg.norm(sight, axis=1, keepdims=True)
    facing = (normals * sight).sum(1, keepdims=True)
    normals = np.where(facing > 0, -normals, normals)
    base, mirror = base_colour(livery, kinds[t], uv, paint)
    open_ = raster.seen(points, normals, *shades[0], .05)[:, None]
    up = normals[:, 1:2] * .5 + .5
    ambient = light(np.array([[0, 1, 0]], np.float32)) * up * open_ + light(np.array([[0, -1, 0]], np.float32)) * (1 - up) * (.25 + .5 * open_)
    lit = base * ambient
    bounce = sight - 2 * (sight * normals).sum(1, keepdims=True) * normals
    fresnel = mirror + (1 - mirror) * (1 - np.abs((sight * normals).sum(1, keepdims=True))) ** 5
    lit = lit * (1 - fresnel) + fresnel * light(bounce) * np.clip(open_ * 1.3, 0, 1)
    if sun is not None:
        direction, power = sun
        cosine = np.maximum((normals * direction.astype(np.float32)).sum(1, keepdims=True), 0)
        free = raster.seen(points, normals, *shades[1], .0)[:, None]
        gleam = np.maximum((bounce * direction.astype(np.float32)).sum(1, keepdims=True), 0) ** 400 * mirror * 40
        lit = lit + power * free * (base * cosine + gleam)
    return lit.astype(np.float32)


def base_colour(livery, kinds, uv, paint):
    """Colour and mirror strength of samples by what they are."""
    colour, mirror = np.zeros((len(kinds), 3), np.float32), np.zeros((len(kinds), 1), np.float32)
    for kind in np.unique(kinds):
        which = kinds == kind
        own, strength = SURFACES[kind]
        mirror[which] = strength
        if kind == "paint":
            colour[which] = paint if paint is not None else PAINTS["grey"]
        elif kind == "disc":
            flat = uv[which]
            turn, radius = np.arctan2(flat[:, 1], flat[:, 0]), np.hypot(flat[:, 0], flat[:, 1])
            spoke = (np.abs(np.sin(turn * 2.5)) < .52 - .25 * radius) | (radius < .16)
            colour[which] = np.where(spoke[:, None], .5, .012)
            mirror[which] = np.where(spoke[:, None], .3, .01)
        elif kind == "texture":
            colour[which] = looked_up(livery, uv[which])
        else:
            colour[which] = own
    return colour, mirror


def painted(livery, paint):
    """The livery in linear colours, its own paint (what is vivid, or white) replaced."""
    colour = linear(livery[..., :3])
    if paint is not None:
        high, low = colour.max(2, keepdims=True), colour.min(2, keepdims=True)
        colour = np.where(((high - low) > .25) | (low > .7), np.float32(paint), colour)
    return colour.astype(np.float32)


def looked_up(livery, uv):
    """The livery's colour between its pixels."""
    height, width = livery.shape[:2]
    x, y = uv[:, 0] % 1 * width - .5, (1 - uv[:, 1] % 1) * height - .5
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    dx, dy = (x - left)[:, None].astype(np.float32), (y - top)[:, None].astype(np.float32)
    found = 0
    for row, down in ((top, 1 - dy), (top + 1, dy)):
        for column, across in ((left, 1 - dx), (left + 1, dx)):
            found = found + livery[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] * down * across
    return found
