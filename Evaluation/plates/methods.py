"""Runs the finders that are compared: ours, OpenCV's cascade, and the detector that a package ships."""
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import sets

OURS, CASCADE, PEER = "rundum", "Haar cascade", "platedet"
CASCADES = "/usr/share/opencv4/haarcascades/haarcascade_russian_plate_number.xml"


@dataclasses.dataclass
class Answer:
    """What a finder says of a picture: quads with a confidence and perhaps a text, and places that it flags with a reason."""
    plates: list
    flags: list = dataclasses.field(default_factory=list)
    seconds: float = 0.0


@dataclasses.dataclass
class Found:
    """A quad in pixels, pixel borders at whole numbers, and what of the picture is covered for it, if more."""
    quad: np.ndarray
    confidence: float = 1.0
    text: str = ""
    country: str = ""
    reason: str = ""
    cover: np.ndarray = None

    def __post_init__(self):
        self.cover = self.quad if self.cover is None else self.cover


def rectangle(left, top, right, bottom):
    """A box's corners."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


def run_ours(pictures, words=("--read",)):
    """{key: Answer}: one process over all."""
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch, "found.json")
        done = subprocess.run([os.environ["RUNDUM_PLATES"], *(str(p.path) for p in pictures), "--out", str(out), *words],
                              stderr=subprocess.PIPE, check=False)
        if done.returncode:
            sys.exit(f"plate-bench failed: {done.stderr.decode()[-2000:]}")
        records = json.loads(out.read_text())

    def found(item):
        # Ours has pixel centres at whole numbers.
        return Found(np.array(item["quad"]) + 0.5, item["confidence"], item.get("text") or "", item.get("country") or "",
                     item.get("reason") or "", np.array(item["cover"]) + 0.5 if item.get("cover") else None)
    return {picture.key: Answer([found(p) for p in record["plates"]], [found(s) for s in record["suspects"]], record["seconds"])
            for picture, record in zip(pictures, records)}


def run_cascade(pictures):
    """OpenCV's cascade of Russian plates, as its samples use it."""
    import cv2
    cascade = cv2.CascadeClassifier(CASCADES if os.path.exists(CASCADES) else
                                    cv2.data.haarcascades + "haarcascade_russian_plate_number.xml")
    answers = {}
    for picture in pictures:
        grey = cv2.cvtColor(np.asarray(sets.upright(picture.path)), cv2.COLOR_RGB2GRAY)
        scale = min(1.0, 1600 / max(grey.shape))
        if scale < 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        boxes = cascade.detectMultiScale(grey, 1.1, 4)
        answers[picture.key] = Answer([Found(rectangle(x, y, x + w, y + h) / scale) for x, y, w, h in boxes])
    return answers


def run_peer(pictures):
    """platedet as its package is used."""
    import onnxruntime
    from platedet import Platedet
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    finder, answers = Platedet(sess_options=options), {}
    for picture in pictures:
        said = finder.inference(np.asarray(sets.upright(picture.path)), return_types=["boxes"]).get("boxes", {"boxes": [], "confidences": []})
        answers[picture.key] = Answer([Found(rectangle(*box), float(sure)) for box, sure in zip(said["boxes"], said["confidences"])])
    return answers


METHODS = {OURS: run_ours, CASCADE: run_cascade, PEER: run_peer}
