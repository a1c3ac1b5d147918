"""A z-buffer rasteriser and shadow tests, compiled by numba: same input, same pictures."""
import numba
import numpy as np


@numba.njit(cache=True)
def fill(corners, width, height):
    """For screen corners (T, 3, 3: x, y, 1/depth) the nearest triangle a pixel (-1: none), and its two first weights."""
    owner = np.full((height, width), -1, np.int32)
    depth = np.zeros((height, width), np.float32)
    weights = np.zeros((height, width, 2), np.float32)
    for t in range(corners.shape[0]):
        ax, ay, az = corners[t, 0]
        bx, by, bz = corners[t, 1]
        cx, cy, cz = corners[t, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        left, right = max(0, int(np.ceil(min(ax, bx, cx)))), min(width - 1, int(np.floor(max(ax, bx, cx))))
        top, bottom = max(0, int(np.ceil(min(ay, by, cy)))), min(height - 1, int(np.floor(max(ay, by, cy))))
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                u = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
                v = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
                if u < 0 or v < 0 or u + v > 1:
                    continue
                z = u * az + v * bz + (1 - u - v) * cz
                if z > depth[y, x]:
                    depth[y, x] = z
                    owner[y, x] = t
                    weights[y, x, 0] = u * az / z  # perspective-correct
                    weights[y, x, 1] = v * bz / z
    return owner, depth, weights


@numba.njit(cache=True)
def seen(points, normals, maps, axes, directions, extent, floor):
    """How much of the sky's directions (D, 3) each point sees past the depth maps (D, S, S), by cosine to its normal."""
    size = maps.shape[1]
    open_ = np.zeros(points.shape[0], np.float32)
    all_ = np.full(points.shape[0], 1e-6, np.float32)
    start = points + normals * np.float32(.03)
    half = np.float32(size / 2)
    for d in range(directions.shape[0]):  # one map after the other: it stays in the processor's cache
        side, up, ahead = axes[d, 0] / extent, axes[d, 1] / extent, directions[d]
        for i in range(points.shape[0]):
            weight = max(normals[i, 0] * ahead[0] + normals[i, 1] * ahead[1] + normals[i, 2] * ahead[2], floor)
            if weight <= 0:
                continue
            all_[i] += weight
            x = int((start[i, 0] * side[0] + start[i, 1] * side[1] + start[i, 2] * side[2] + 1) * half)
            y = int((start[i, 0] * up[0] + start[i, 1] * up[1] + start[i, 2] * up[2] + 1) * half)
            w = start[i, 0] * ahead[0] + start[i, 1] * ahead[1] + start[i, 2] * ahead[2]
            outside = x < 0 or y < 0 or x >= size or y >= size
            if outside or maps[d, y, x] == 0 or w + extent + .02 >= maps[d, y, x]:
                open_[i] += weight
    return open_ / all_


def shadow_maps(points, directions, extent, size=256):
    """A depth map of the triangles along each direction: how near to the light, from -extent on; 0 where nothing is."""
    maps = np.zeros((len(directions), size, size), np.float32)
    axes = np.zeros((len(directions), 2, 3))
    for index, d in enumerate(directions):
        side = np.cross(d, [0, 0, 1.0] if abs(d[2]) < .9 else [1.0, 0, 0])
        side /= np.linalg.norm(side)
        axes[index] = side, np.cross(d, side)
        flat = np.stack([((points @ axes[index, 0]) / extent + 1) * .5 * size - .5,
                         ((points @ axes[index, 1]) / extent + 1) * .5 * size - .5, points @ d + extent], 2)
        maps[index] = fill(np.ascontiguousarray(flat), size, size)[1]
    return maps, axes


def hemisphere(count):
    """Directions spread evenly over the upper half."""
    k = np.arange(count) + .5
    up, turn = k / count, np.pi * (1 + 5 ** .5) * k
    flat = np.sqrt(1 - up * up)
    return np.stack([flat * np.cos(turn), up, flat * np.sin(turn)], 1)
