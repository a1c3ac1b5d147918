"""What the network should say of a sample: surface, middle, corners, and where it isn't asked."""
import cv2
import numpy as np

CELL = 4
# Plates less high than this, in pixels, aren't asked for.
LEAST = 6.5
SQUARE = np.float32([[0, 0], [1, 0], [1, 1], [0, 1]])


def height(quad):
    return (np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2


def surface(quads, wide, tall):
    """The share of each cell that plates cover."""
    map_ = np.zeros((tall, wide), np.float32)
    for quad in quads:
        cv2.fillConvexPoly(map_, np.int32(np.round((quad - .5) * 16)), 1.0, cv2.LINE_AA, 4)
    return cv2.resize(map_, (wide // CELL, tall // CELL), interpolation=cv2.INTER_AREA)


def visible(quad, wide, tall):
    """The share of a plate that lies within the picture."""
    frame = np.float32([[0, 0], [wide, 0], [wide, tall], [0, tall]])
    shared, _ = cv2.intersectConvexConvex(quad.astype(np.float32), frame)
    return shared / max(1e-3, cv2.contourArea(quad.astype(np.float32)))


def of(quads, wide, tall):
    """Planes at stride 4: surface, middle, 8 corners, weight of the corners, whether asked (12 x H x W)."""
    rows, columns = tall // CELL, wide // CELL
    planes = np.zeros((12, rows, columns), np.float32)
    planes[0], planes[11] = surface(quads, wide, tall), 1
    asked = []
    for quad in quads:
        if height(quad) >= LEAST and visible(quad, wide, tall) > .45:
            asked.append(quad)
        else:
            planes[11][surface([quad], wide, tall) > 0] = 0
    ys, xs = np.mgrid[:rows, :columns].astype(np.float32) + .5
    for quad in asked:
        cells = quad / CELL
        flat = cv2.getPerspectiveTransform(cells.astype(np.float32), SQUARE).astype(np.float64)
        u, v, w = (flat[k, 0] * xs + flat[k, 1] * ys + flat[k, 2] for k in range(3))
        w = np.where(np.abs(w) < 1e-6, 1e-6, w)
        u, v = u / w - .5, v / w - .5
        high, long_ = height(cells), (np.linalg.norm(cells[1] - cells[0]) + np.linalg.norm(cells[2] - cells[3])) / 2
        heat = np.exp(-.5 * ((u / max(.07, .55 / long_))**2 + (v / max(.14, .5 / high))**2)) * (np.abs(u) < .6) * (np.abs(v) < 1.5)
        if heat.max() < .05:
            planes[11][surface([quad], wide, tall) > 0] = 0
            continue
        heat[heat >= heat.max() - 1e-6] = 1
        inside = (np.abs(u) < .5) & (np.abs(v) < .5)
        mine = inside | (heat > np.maximum(planes[1], .15))
        for k in range(4):
            planes[2 + 2 * k][mine], planes[3 + 2 * k][mine] = (cells[k, 0] - xs)[mine], (cells[k, 1] - ys)[mine]
        weight = (.4 * inside + heat) / np.sqrt(max(1.5, high) * max(4, high * long_) / 16)
        planes[10][mine] = weight[mine]
        planes[1] = np.maximum(planes[1], heat)
    return planes
