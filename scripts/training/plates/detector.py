"""The network of plates: EfficientNet-Lite0 to stride 16, a pyramid (Lin et al. 2017) down to stride 4, three heads.

In: RGB 0...1, sides divisible by 32. Out at stride 4: logits of the plate's surface, of its middle (as Zhou et al. 2019,
arXiv 1904.07850), and 8 offsets to its corners, x and y, clockwise from the top left as read, in cells, from the cell's middle.
"""
import pathlib
import sys

import cv2
import numpy as np
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as F
from torch import nn

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "cutout"))

import encoder  # noqa: E402
from encoder import BLOCKS, PLANES, TAKEN, Encoder  # noqa: E402

BLOCKS_USED = TAKEN[3] + 1
COARSE, MIDDLE, FINE, HEAD = 72, 48, 36, 32
REACH = 8.0


def doubled(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def conv(inputs, outputs, side=3, stride=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, side, stride, side // 2), nn.ReLU(inplace=True))


class Around(nn.Module):
    """What stands around a cell, near and further away, added to it."""

    def __init__(self, planes, far=3):
        super().__init__()
        self.near = conv(planes, planes)
        self.far = nn.Conv2d(planes, planes, 3, 1, far, far)

    def forward(self, x):
        return x + self.far(self.near(x))


class PlateNetwork(nn.Module):
    """870 thousand weights, 690 of them the encoder's; its first `still` blocks stay as published. 7.8 thousand multiplications a pixel."""

    def __init__(self):
        super().__init__()
        self.encoder, self.still = Encoder().requires_grad_(False), BLOCKS_USED
        del self.encoder.top, self.encoder.blocks[BLOCKS_USED:]
        wide = BLOCKS[BLOCKS_USED - 1][2]
        self.coarse = nn.Sequential(conv(wide, COARSE, 1), Around(COARSE))
        self.middle = nn.Sequential(conv(COARSE + PLANES[2], MIDDLE, 1), Around(MIDDLE))
        self.detail = conv(PLANES[0], 16, 3, 2)
        self.fine = nn.Sequential(conv(MIDDLE + PLANES[1] + 16, FINE, 1), conv(FINE, FINE), conv(FINE, HEAD))
        self.plate = nn.Conv2d(HEAD, 1, 1)
        self.spot = nn.Conv2d(HEAD, 1, 1)
        self.corners = nn.Sequential(conv(HEAD, HEAD, 1), nn.Conv2d(HEAD, 8, 1))
        nn.init.constant_(self.plate.bias, -3)
        nn.init.constant_(self.spot.bias, -4)
        self.register_buffer("scale", torch.tensor(255 / 128))
        self.register_buffer("shift", torch.tensor(-127 / 128))

    def opened(self, still):
        """Let the encoder's blocks from `still` on be learnt; those weights."""
        self.still = still
        return list(self.encoder.blocks[still:].requires_grad_(True).parameters())

    def features(self, x):
        """At strides 2, 4, 8 and 16."""
        with torch.no_grad():
            x, seen = F.relu6(self.encoder.stem(x * self.scale + self.shift)), []
        for index, block in enumerate(self.encoder.blocks):
            with torch.set_grad_enabled(torch.is_grad_enabled() and index >= self.still):
                x = block(x)
            if index in TAKEN:
                seen.append(x)
        return seen

    def forward(self, x):
        half, quarter, eighth, sixteenth = self.features(x)
        y = self.middle(torch.cat([doubled(self.coarse(sixteenth)), eighth], 1))
        y = self.fine(torch.cat([doubled(y), quarter, self.detail(half)], 1))
        return self.plate(y), self.spot(y), self.corners(y) * REACH


def start():
    """The network as training begins: the published encoder, the rest at random."""
    network, whole = PlateNetwork(), Encoder()
    encoder.load(whole, encoder.published())
    given = network.encoder.state_dict()
    network.encoder.load_state_dict({name: value for name, value in whole.state_dict().items() if name in given})
    return network


def restored(file):
    """The weights that `file` holds: a state saved by PyTorch, or a published ONNX, which has the same names."""
    if file.suffix != ".onnx":
        return torch.load(file)
    held = onnx.load(str(file)).graph.initializer
    return {item.name.removeprefix("network."): torch.from_numpy(onnx.numpy_helper.to_array(item).copy()) for item in held}


def found(network, picture, least=.3, most=40):
    """Plates on a picture (RGB uint8): quads N x 4 x 2 in its pixels and scores, best first; none twice.

    `network` gives the published outputs for a picture 1 x 3 x H x W of 0...1.
    """
    tall, wide = (-(-side // 32) * 32 for side in picture.shape[:2])
    padded = np.zeros((tall, wide, 3), np.float32)
    padded[:picture.shape[0], :picture.shape[1]] = picture / np.float32(255)
    surface, heat, offsets = (maps[0] for maps in network(padded.transpose(2, 0, 1)[None]))
    return peaks(surface[0], heat[0], offsets, least, most)


def holds(quad, point):
    return cv2.pointPolygonTest(quad.astype(np.float32), (float(point[0]), float(point[1])), False) >= 0


def peaks(surface, heat, offsets, least, most):
    """Local maxima of the heat, best first, but none within a plate that was taken already."""
    top = heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(top & (heat > least))
    quads, scores = [], []
    for k in np.argsort(-heat[rows, columns])[:200]:
        row, column = rows[k], columns[k]
        quad = offsets[:, row, column].reshape(4, 2) + (column + .5, row + .5)
        if any(holds(other, quad.mean(0)) or holds(quad, other.mean(0)) for other in quads):
            continue
        quads.append(refined(quad, surface, offsets))
        scores.append(float(heat[row, column]))
        if len(quads) >= most:
            break
    return np.array(quads).reshape(-1, 4, 2) * 4, np.array(scores)


def refined(quad, surface, offsets, rounds=2):
    """Each corner as those cells of the plate say that are nearest to it; in cells."""
    for _ in range(rounds):
        left, top = np.floor(quad.min(0)).astype(int).clip(0)
        right, bottom = np.ceil(quad.max(0)).astype(int) + 1
        part, said = surface[top:bottom, left:right], offsets[:, top:bottom, left:right]
        if part.size == 0:
            return quad
        ys, xs = np.mgrid[top:top + part.shape[0], left:left + part.shape[1]] + .5
        high = max(1.0, (np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2)
        better = quad.copy()
        for k in range(4):
            far = np.hypot(xs - quad[k, 0], ys - quad[k, 1]) / (.6 * high + .5)
            weight = part * (part > .4) * np.exp(-far)
            if weight.sum() > .1:
                better[k] = [((said[2 * k] + xs) * weight).sum(), ((said[2 * k + 1] + ys) * weight).sum()] / weight.sum()
        quad = better
    return quad
