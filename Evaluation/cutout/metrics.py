"""How near a mask is to the truth."""
import numpy as np
from scipy import ndimage

TOLERANCE = 0.002  # of the diagonal, for the border
BAND = 0.01  # of the diagonal: as far from the true border as a trimap's unknown band reaches
MEANS = ("iou", "boundaryF", "mae", "band")


def iou(mask, truth):
    """Shared area over the area of both; 1 when both are empty."""
    union = (mask | truth).sum()
    return float((mask & truth).sum() / union) if union else 1.0


def border(mask):
    """Pixels of a mask that touch its outside; the picture's edge is no border."""
    return mask & ~ndimage.binary_erosion(mask, border_value=1)


def boundary_f(mask, truth, within=None, reach=None):
    """F-measure of the border within the tolerance (Perazzi et al. 2016, by distance instead of dilation).

    `within` limits the border pixels that count; `reach` is the tolerance in pixels if not 0.2 % of the diagonal.
    """
    reach = TOLERANCE * np.hypot(*truth.shape) if reach is None else reach
    ours, theirs = border(mask), border(truth)
    if not ours.any() or not theirs.any():
        return float(ours.any() == theirs.any())
    hits, found = ndimage.distance_transform_edt(~theirs) <= reach, ndimage.distance_transform_edt(~ours) <= reach
    if within is not None:
        ours, theirs = ours & within, theirs & within
    if not ours.any() or not theirs.any():
        return float(ours.any() == theirs.any())
    precision, recall = hits[ours].mean(), found[theirs].mean()
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def band(truth):
    """Pixels within 1 % of the diagonal from the true border, on both sides."""
    edge = border(truth)
    if not edge.any():
        return np.zeros_like(truth)
    return ndimage.distance_transform_edt(~edge) <= BAND * np.hypot(*truth.shape)


def score(alpha, truth, soft=False):
    """IoU, boundary F, mean absolute error and that in the band, of an 8-bit alpha against an 8-bit truth.

    The object is where an alpha is 128 or more; errors are against the truth's own alpha when it is `soft`, else against
    the object.
    """
    mask, object_ = alpha >= 128, truth >= 128
    wanted = truth.astype(np.float32) / 255 if soft else object_.astype(np.float32)
    error, near = np.abs(alpha.astype(np.float32) / 255 - wanted), band(object_)
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
