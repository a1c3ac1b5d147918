"""Pictures that samples are made of: rendered cars with the corners of their plates, and pictures without any plate."""
import os
import pathlib
import re

import cv2
import numpy as np

# Photographs of packages: Debian's opencv-doc (Apache-2.0), and those that scikit-image and scikit-learn carry.
PHOTOS = "/usr/share/doc/opencv-doc/examples"
PACKAGES = ("skimage/data", "sklearn/datasets/images")
# Pictures among them that show vehicles or plates.
SHUN = re.compile("licenseplate|leuven|black_car|bus|motion|yolo|detect_test|motorcycle|optical|shift|gst_|traffic|sphinx")
LARGEST = 1400


def opened(file):
    picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if picture is None or min(picture.shape[:2]) < 140:
        return None
    share = LARGEST / max(picture.shape[:2])
    if share < 1:
        picture = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(picture[..., ::-1])


def photographs():
    folders = [pathlib.Path(os.environ.get("PHOTOS", PHOTOS))]
    folders += [pathlib.Path(place) / name for place in os.environ.get("PYTHONPATH", "").split(":") if place for name in PACKAGES]
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix.lower() in (".jpg", ".jpeg", ".png")]
    pictures = [opened(file) for file in files if not SHUN.search(str(file.name)) and file.stat().st_size > 15_000]
    return [picture for picture in pictures if picture is not None]


def corners(mask):
    """A plate's quad of its rendered mask, clockwise from the top left; None when hidden, tiny or cut."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((mask > 127).astype(np.uint8), 8)
    if count < 2:
        return None
    best = 1 + int(np.argmax(stats[1:, 4]))
    left, top, wide, tall, area = stats[best]
    if tall < 6 or wide < 5 or min(left, top) < 2 or left + wide > mask.shape[1] - 2 or top + tall > mask.shape[0] - 2:
        return None
    points = np.stack(np.nonzero(labels == best)[::-1], 1).astype(np.float32)
    points = np.concatenate([points, points + (1, 0), points + (0, 1), points + (1, 1)]).astype(np.float32)
    quad = cv2.approxPolyN(cv2.convexHull(points), 4).reshape(4, 2).astype(np.float32)
    if not .85 < cv2.contourArea(quad) / area < 1.15:
        return None
    middle = quad.mean(0)
    quad = quad[np.argsort(np.arctan2(*(quad - middle).T[::-1]))]
    return np.roll(quad, -int(np.argmin(quad.sum(1))), 0)


def renders(*folders):
    """Cars (rgb, alpha, quad or None, whether its plate shows) and pictures without one."""
    cars, others = [], []
    for file in sorted(file for folder in folders for file in pathlib.Path(folder).glob("*.jpg")):
        masks = file.with_suffix(".png")
        if file.name[0].isalpha():
            others.append(np.ascontiguousarray(cv2.imread(str(file))[..., ::-1]))
        elif masks.exists():
            mask = cv2.imread(str(masks), cv2.IMREAD_UNCHANGED)
            plate = mask[..., 0] * (mask[..., 3] > 127)
            if (mask[..., 3] > 127).mean() > .02:
                # What few rays a pixel leave is no camera's noise; composing.py adds that.
                calm = cv2.fastNlMeansDenoisingColored(cv2.imread(str(file)), None, 6, 6, 5, 13)
                rgb = np.ascontiguousarray(calm[..., ::-1])
                cars.append((rgb, mask[..., 3], corners(plate), bool((plate > 127).sum() > 6)))
    return cars, others


def apart(things, held):
    """Every eighth is held back from training; those, or the rest."""
    return [thing for number, thing in enumerate(things) if (number % 8 == 7) == held]
