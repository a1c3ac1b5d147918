"""Flat things seen from somewhere: matrices 3 x 3, quads, and pictures laid through them onto a canvas."""
import cv2
import numpy as np


def shift(x, y):
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.]])


def rectangle(left, top, wide, tall):
    return np.float64([[left, top], [left + wide, top], [left + wide, top + tall], [left, top + tall]])


def through(matrix, points):
    points = np.column_stack([points, np.ones(len(points))]) @ np.asarray(matrix, np.float64).T
    return points[:, :2] / points[:, 2:]


def turned(dice):
    """How a flat thing looks about its origin: mostly from ahead, at times from far aside; lengths near there stay."""
    way = dice.uniform()
    yaw = dice.uniform(.9, 1.4) * dice.choice([-1, 1]) if way < .1 else dice.uniform(-1.1, 1.1) if way < .5 else dice.normal() * .4
    pitch, roll = dice.normal() * .2, dice.normal() * (.06 if dice.uniform() < .75 else .35)
    yaw, pitch, roll = np.clip((yaw, pitch, roll), (-1.4, -1.15, -1.15), (1.4, 1.15, 1.15))
    ry = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    rx = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    rz = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    turn, far = rz @ rx @ ry, dice.uniform(1500, 5000)
    return np.array([[far, 0, 0], [0, far, 0], [0, 0, 1]]) @ np.column_stack([turn[:, 0], turn[:, 1], [0, 0, far]])


def somewhere(dice, canvas, point, size, stretch=0.0):
    """A matrix that sets a flat thing's point anywhere on the canvas, turned, `size` times as large."""
    tall, wide = canvas.shape[:2]
    at = dice.uniform(-.02, 1.02) * wide, dice.uniform(0, 1) * tall
    return shift(*at) @ np.diag([size * np.exp(dice.normal() * stretch), size, 1]) @ turned(dice) @ shift(-point[0], -point[1])


def warped(picture, matrix, wide, tall):
    """What of a picture (3 or 4 planes, the last its shape of 0...255) is seen through a matrix within a frame.

    Rows and columns that it touches, its colours and its cover there; None outside. Made smaller first where it shrinks.
    """
    outline = through(matrix, rectangle(0, 0, picture.shape[1], picture.shape[0]))
    (left, top), (right, bottom) = np.floor(outline.min(0)).astype(int), np.ceil(outline.max(0)).astype(int)
    left, top, right, bottom = max(0, left), max(0, top), min(wide, right), min(tall, bottom)
    if right <= left or bottom <= top:
        return None
    sides = np.linalg.norm(np.roll(outline, -1, 0) - outline, axis=1)
    across = min(1, 1.15 * max(sides[0], sides[2]) / picture.shape[1])
    down = min(1, 1.15 * max(sides[1], sides[3]) / picture.shape[0])
    if min(across, down) < .95:
        size = max(2, int(round(picture.shape[1] * across))), max(2, int(round(picture.shape[0] * down)))
        matrix = matrix @ np.diag([picture.shape[1] / size[0], picture.shape[0] / size[1], 1])
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    half = shift(-left - .5, -top - .5) @ matrix @ shift(.5, .5)
    size = right - left, bottom - top
    seen = cv2.warpPerspective(picture, half, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    cover = np.zeros(size[::-1], np.float32)
    points = np.int32(np.round((outline - (left + .5, top + .5)) * 16).clip(-2**20, 2**20))
    cv2.fillConvexPoly(cover, points, 1.0, cv2.LINE_AA, 4)
    cover = cover[..., None] if seen.shape[2] == 3 else cover[..., None] * seen[..., 3:] * np.float32(1 / 255)
    return slice(top, bottom), slice(left, right), seen[..., :3], cover


def blend(canvas, picture, matrix, light=1.0, share=1.0, soft=0.0):
    """Lay a picture onto the canvas through a matrix."""
    made = warped(picture, matrix, canvas.shape[1], canvas.shape[0])
    if made is not None:
        rows, columns, seen, cover = made
        cover = (cv2.GaussianBlur(cover, (0, 0), soft)[..., None] if soft else cover) * np.float32(share)
        canvas[rows, columns] = canvas[rows, columns] * (1 - cover) + (seen * np.float32(light)).clip(0, 255) * cover


def shape_of(quads, wide, tall):
    shape = np.zeros((tall, wide), np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(shape, np.int32(quad.clip(-9999, 9999)), 1)
    return shape


def changed(before, after, quad):
    """Whether something was set before a quad."""
    inside = shape_of([quad], before.shape[1], before.shape[0]) > 0
    return (np.abs(before - after)[inside].max(-1, initial=0) > 12).mean() > .1 if inside.any() else False


def sound(quad):
    """Whether a quad came out of its matrix as one: convex, clockwise, and not beyond all bounds."""
    points = quad.astype(np.float32)
    return np.abs(quad).max() < 5000 and cv2.isContourConvex(points) and cv2.contourArea(points, True) > 0
