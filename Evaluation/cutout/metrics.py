"""How near a mask is to the truth."""
import numpy as np
from scipy import ndimage, spatial

TOLERANCE = 0.002  # of the diagonal, for the border
BAND = 0.01  # of the diagonal: as far from the true border as a trimap's unknown band reaches
MEANS = ("iou", "boundaryF", "mae", "band")


def iou(mask, truth):
    """Shared area over the area of both; 1 when both are empty."""
    union = (mask | truth).sum()
    return float((mask & truth).sum() / union) if union else 1.0


def border(mask):
    """Pixels of a mask that touch its outside; the picture's edge is no border."""
    inner = mask.copy()
    inner[1:] &= mask[:-1]
    inner[:-1] &= mask[1:]
    inner[:, 1:] &= mask[:, :-1]
    inner[:, :-1] &= mask[:, 1:]
    return mask & ~inner


def boundary_f(mask, truth, within=None):
    """F-measure of the border within the tolerance (Perazzi et al. 2016, by distance instead of dilation).

    `within` limits the border pixels that count.
    """
    reach = TOLERANCE * np.hypot(*truth.shape)
    ours, theirs = np.argwhere(border(mask)), np.argwhere(border(truth))
    if not len(ours) or not len(theirs):
        return float(len(ours) == len(theirs))

    def hits(points, others):
        if within is not None:
            points = points[within[tuple(points.T)]]
        return spatial.cKDTree(others).query(points, distance_upper_bound=reach + 1e-6)[0] <= reach if len(points) else np.zeros(0, bool)
    precise, found = hits(ours, theirs), hits(theirs, ours)
    if not len(precise) or not len(found):
        return float(len(precise) == len(found))
    precision, recall = precise.mean(), found.mean()
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def band(truth):
    """Pixels within 1 % of the diagonal from the true border, on both sides."""
    edge, near = border(truth), np.zeros(truth.shape, bool)
    if not edge.any():
        return near
    reach = BAND * np.hypot(*truth.shape)
    rows, columns = (np.flatnonzero(edge.any(axis)) for axis in (1, 0))
    part = tuple(slice(max(0, found[0] - int(reach) - 1), found[-1] + int(reach) + 2) for found in (rows, columns))
    near[part] = ndimage.distance_transform_edt(~edge[part]) <= reach
    return near


def score(alpha, truth, soft=False, near=None):
    """IoU, boundary F, mean absolute error and that in the band, of an 8-bit alpha against an 8-bit truth.

    The object is where an alpha is 128 or more; errors are against the truth's own alpha when it is `soft`, else against
    the object. `near` is the band where it is known already.
    """
    mask, object_ = alpha >= 128, truth >= 128
    wanted = truth.astype(np.float32) / 255 if soft else object_.astype(np.float32)
    error, near = np.abs(alpha.astype(np.float32) / 255 - wanted), band(object_) if near is None else near
    return {"iou": iou(mask, object_), "boundaryF": boundary_f(mask, object_), "mae": float(error.mean()),
            "band": float(error[near].mean()) if near.any() else 0.0}


def boxes(shape, areas):
    """The pixels inside boxes (left, top, right, bottom)."""
    within = np.zeros(shape, bool)
    for left, top, right, bottom in areas:
        within[max(0, top):max(0, bottom), max(0, left):max(0, right)] = True
    return within


def inside(alpha, truth, within):
    """IoU and boundary F inside a region; None when it is empty."""
    if not within.any():
        return None
    mask, object_ = alpha >= 128, truth >= 128
    return {"iou": iou(mask & within, object_ & within), "boundaryF": boundary_f(mask, object_, within)}


def summary(scores):
    """Means over pictures, and the IoU that 5 of 100 pictures fall below."""
    means = {key: float(np.mean([score[key] for score in scores])) for key in MEANS}
    return means | {"iou5": float(np.percentile([score["iou"] for score in scores], 5)), "pictures": len(scores)}


def ratios(results, ours, peer, key):
    """Our error over the peer's a set (`key` is a measure, or `error` for 1 - IoU), their mean, and the means' ratio.

    Returns ({set: ratio}, mean of ratios, ratio of means), over the sets where both were measured.
    """
    def value(row):
        return 1 - row["iou"] if key == "error" else row[key]
    pairs = {name: (value(rows[ours]), value(rows[peer])) for name, rows in results.items() if ours in rows and peer in rows}
    each = {name: a / max(b, 1e-9) for name, (a, b) in pairs.items()}
    if not pairs:
        return {}, float("nan"), float("nan")
    totals = np.sum(list(pairs.values()), 0)
    return each, float(np.mean(list(each.values()))), float(totals[0] / max(totals[1], 1e-9))


def worse(scores, peers, margin=0.002):
    """How many pictures have an IoU that is more than `margin` below the peer's; scores by picture."""
    return sum(scores[key]["iou"] < peers[key]["iou"] - margin for key in scores if key in peers)
