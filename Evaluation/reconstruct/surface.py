"""Surfaces: read from our GLB files, and how far one lies from another."""
import container
import numpy as np
from scipy.spatial import cKDTree

SAMPLES = 100_000


def triangles_of(path):
    """(T, 3, 3) of all parts of a binary glTF file with one mesh."""
    document, binary = container.chunks(path.read_bytes())
    found = []
    for primitive in document["meshes"][0]["primitives"]:
        points = container.accessor_values(document, binary, primitive["attributes"]["POSITION"]).astype(float)
        corners = container.accessor_values(document, binary, primitive["indices"]).reshape(-1).astype(int)
        found.append(points[corners].reshape(-1, 3, 3))
    return np.concatenate(found)


def samples(triangles, count=SAMPLES, seed=5):
    """Places spread evenly over a surface."""
    dice = np.random.default_rng(seed)
    area = np.linalg.norm(np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]), axis=1)
    chosen = triangles[dice.choice(len(triangles), count, p=area / area.sum())]
    u, v = dice.random((2, count, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    return chosen[:, 0] + u * (chosen[:, 1] - chosen[:, 0]) + v * (chosen[:, 2] - chosen[:, 0])


def distance(model, truth):
    """Mean distances in the truth's unit: of the model's surface from the true one, and of the true one from the model's."""
    one, two = samples(model), samples(truth)
    return float(cKDTree(two).query(one)[0].mean()), float(cKDTree(one).query(two)[0].mean())
