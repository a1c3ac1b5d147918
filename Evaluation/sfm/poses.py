"""Cameras against truth: similarity alignment of the centres, then what is left."""
import numpy as np


def angle(turn):
    """Degrees of a rotation matrix; exact for small ones too."""
    return float(np.degrees(2 * np.arcsin(min(1.0, np.linalg.norm(turn - np.eye(3)) / np.sqrt(8)))))


def centres(poses, names):
    """Where the cameras stand, from {name: (R, t)}, x = K (R X + t)."""
    return np.array([-poses[name][0].T @ poses[name][1] for name in names])


def similarity(from_, to):
    """Scale, rotation and shift that bring points nearest to others (Umeyama 1991)."""
    mean_from, mean_to = from_.mean(0), to.mean(0)
    left, sizes, right = np.linalg.svd((to - mean_to).T @ (from_ - mean_from))
    sign = np.diag([1, 1, np.sign(np.linalg.det(left @ right))])
    turn = left @ sign @ right
    scale = np.trace(np.diag(sizes) @ sign) / ((from_ - mean_from) ** 2).sum()
    return scale, turn, mean_to - scale * turn @ mean_from


def compare(found, truth):
    """Errors of the cameras that were found; only their number for fewer than three."""
    names = sorted(set(found) & set(truth))
    result = {"placed": len(names), "of": len(truth)}
    if len(names) < 3:
        return result
    ours, true = centres(found, names), centres(truth, names)
    scale, turn, shift = similarity(ours, true)
    away = np.linalg.norm(scale * ours @ turn.T + shift - true, axis=1)
    extent = float(np.sqrt(((true - true.mean(0)) ** 2).sum(1).mean()))
    relative = [angle((found[a][0] @ found[b][0].T).T @ (truth[a][0] @ truth[b][0].T))
                for i, a in enumerate(names) for b in names[:i]]
    rmse = float(np.sqrt((away ** 2).mean()))
    return result | {"rmse": rmse, "percent": 100 * rmse / extent, "mean": float(np.mean(relative)),
                     "max": float(np.max(relative))}
