"""The network of plates: EfficientNet-Lite0 to stride 16, a pyramid (Lin et al. 2017) down to stride 4, three heads.

In: RGB 0...1, sides divisible by 32. Out at stride 4: logits of the plate's surface, of its middle (as Zhou et al. 2019,
arXiv 1904.07850), and 8 offsets to its corners, x and y, clockwise from the top left as read, in cells, from the cell's middle.
"""
import pathlib
import sys

import torch
import torch.nn.functional as F
from torch import nn

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "cutout"))

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
    """`kept` blocks of the encoder stay as published while it learns; they run in fewer bits then."""

    def __init__(self, kept=BLOCKS_USED):
        super().__init__()
        self.kept = kept
        self.encoder = Encoder()
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

    def features(self, x):
        """At strides 2, 4, 8 and 16."""
        seen = []
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, self.training):
            x = F.relu6(self.encoder.stem(x * self.scale + self.shift))
            for index, block in enumerate(self.encoder.blocks[:self.kept]):
                x = block(x)
                if index in TAKEN:
                    seen.append(x)
        if self.training:
            x, seen = x.float(), [value.float() for value in seen]
        for index, block in enumerate(self.encoder.blocks[self.kept:], self.kept):
            x = block(x)
            if index in TAKEN:
                seen.append(x)
        return seen

    def forward(self, x):
        half, quarter, eighth, sixteenth = self.features(x)
        y = self.middle(torch.cat([doubled(self.coarse(sixteenth)), eighth], 1))
        y = self.fine(torch.cat([doubled(y), quarter, self.detail(half)], 1))
        return self.plate(y), self.spot(y), self.corners(y) * REACH


def start(kept):
    """The network as training begins: the published encoder, the rest at random."""
    import encoder
    network, whole = PlateNetwork(kept), Encoder()
    encoder.load(whole, encoder.published())
    given = network.encoder.state_dict()
    network.encoder.load_state_dict({name: value for name, value in whole.state_dict().items() if name in given})
    network.encoder.stem.requires_grad_(False)
    network.encoder.blocks[:kept].requires_grad_(False)
    return network


def found(network, picture, least=.3, most=40):
    """Plates on a picture (RGB uint8): quads N x 4 x 2 in its pixels and scores, best first; none twice.

    A corner lies at 4 (column + .5 + offset), rows alike.
    """
    import numpy as np
    tall, wide = (side // 32 * 32 + (32 if side % 32 else 0) for side in picture.shape[:2])
    padded = np.zeros((tall, wide, 3), np.float32)
    padded[:picture.shape[0], :picture.shape[1]] = picture / np.float32(255)
    surface, heat, offsets = network(padded.transpose(2, 0, 1)[None])
    return peaks(surface[0, 0], heat[0, 0], offsets[0], least, most)


def peaks(surface, heat, offsets, least, most):
    """Local maxima of the heat, greedily, but none within a plate that was taken already."""
    import cv2
    import numpy as np
    top = heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(top & (heat > least))
    order = np.argsort(-heat[rows, columns])[:200]
    quads, scores = [], []
    for row, column in zip(rows[order], columns[order]):
        quad = (offsets[:, row, column].reshape(4, 2) + (column + .5, row + .5)) * 4
        middle = quad.mean(0)
        near = any(
            cv2.pointPolygonTest(other.astype(np.float32), (float(middle[0]), float(middle[1])), False) >= 0
            or cv2.pointPolygonTest(quad.astype(np.float32), tuple(map(float, other.mean(0))), False) >= 0 for other in quads)
        if not near:
            quads.append(quad)
            scores.append(float(heat[row, column]))
        if len(quads) >= most:
            break
    return np.array(quads).reshape(-1, 4, 2), np.array(scores)
