"""How near a mask is to the truth."""
import numpy as np
from scipy import ndimage

TOLERANCE = 0.002  # of the diagonal, for the border


def iou(mask, truth):
    """Shared area over the area of both; 1 when both are empty."""
    union = (mask | truth).sum()
    return float((mask & truth).sum() / union) if union else 1.0


def border(mask):
    """Pixels of a mask that touch its outside; the picture's edge is no border."""
    return mask & ~ndimage.binary_erosion(mask, border_value=1)


def boundary_f(mask, truth):
    """F-measure of the border within the tolerance (Perazzi et al. 2016, by distance instead of dilation)."""
    reach = TOLERANCE * np.hypot(*truth.shape)
    ours, theirs = border(mask), border(truth)
    if not ours.any() or not theirs.any():
        return float(ours.any() == theirs.any())
    precision = (ndimage.distance_transform_edt(~theirs)[ours] <= reach).mean()
    recall = (ndimage.distance_transform_edt(~ours)[theirs] <= reach).mean()
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def score(alpha, truth):
    """IoU, boundary F and mean absolute error of an 8-bit alpha against a truth that is 128 or more."""
    mask, object_ = alpha >= 128, truth >= 128
    error = np.abs(alpha.astype(np.float32) / 255 - object_).mean()
    return {"iou": iou(mask, object_), "boundaryF": boundary_f(mask, object_), "mae": float(error)}


def summary(scores):
    """Means over pictures, and the IoU that 5 of 100 pictures fall below."""
    means = {key: float(np.mean([score[key] for score in scores])) for key in ("iou", "boundaryF", "mae")}
    return means | {"iou5": float(np.percentile([score["iou"] for score in scores], 5)), "pictures": len(scores)}
