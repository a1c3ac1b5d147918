"""The network of car parts: a U-Net (Ronneberger et al. 2015) on the features of an encoder that knows photographs.

In: 4 x H x W, colours normalised by ImageNet's mean and deviation and another network's map, 0...1. Out: 4 x H x W logits of
alpha, glass, wheel and vehicle; all low where there is no car. Vehicle is coarse, at a quarter of the cells, and does not
see the map. H and W are divisible by 32.
"""
import torch
import torch.nn.functional as F
from torch import nn

from encoder import PLANES, Encoder

WIDTHS = (96, 72, 48, 32, 24)
HEAD = 8
# From colours normalised by ImageNet's mean and deviation to the encoder's.
MEAN, DEVIATION = (.485, .456, .406), (.229, .224, .225)


class StandardConv(nn.Conv2d):
    """3 x 3, its weights standardised with a learnt gain (Qiao et al. 2019), so that no batch statistics are needed.

    `folded` gives the plain weights that inference runs with.
    """

    def __init__(self, inputs, outputs, side=3):
        super().__init__(inputs, outputs, side, 1, side // 2)
        self.gain = nn.Parameter(torch.full((outputs, 1, 1, 1), 1.7))
        nn.init.normal_(self.weight)
        nn.init.zeros_(self.bias)

    def folded(self):
        variance, mean = torch.var_mean(self.weight, (1, 2, 3), keepdim=True)
        count = self.weight[0].numel()
        return (self.weight - mean) * torch.rsqrt(variance * count + 1e-4) * self.gain

    def forward(self, x):
        return F.conv2d(x, self.folded(), self.bias, self.stride, self.padding)


def step(inputs, outputs, side=3):
    return nn.Sequential(StandardConv(inputs, outputs, side), nn.ReLU(inplace=True))


def doubled(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class PartsNetwork(nn.Module):
    """3.7 million weights, of which the encoder's 3.4 stay as published; 2.4 billion multiplications at 512 x 320."""

    def __init__(self, c=WIDTHS, head=HEAD):
        super().__init__()
        self.encoder = Encoder().requires_grad_(False)
        self.top = step(PLANES[4], c[0], 1)
        # What the picture is as a whole, said to every place of it.
        self.gist = nn.Sequential(nn.Linear(PLANES[4], c[0]), nn.ReLU(inplace=True), nn.Linear(c[0], c[0]))
        self.up = nn.ModuleList([step(c[0] + PLANES[3], c[1]), step(c[1] + PLANES[2], c[2]), step(c[2] + PLANES[1], c[3]),
                                 step(c[3] + PLANES[0] + 1, c[4])])
        self.vehicle = nn.Conv2d(c[3], 1, 1)
        self.head = nn.Sequential(step(c[4] + 4, head), step(head, head))
        self.out = nn.Conv2d(head + c[4], 3, 1)
        for part in (self.gist[2], self.vehicle, self.out):
            nn.init.zeros_(part.weight)
            nn.init.zeros_(part.bias)
        self.register_buffer("scale", torch.tensor(DEVIATION).view(1, 3, 1, 1) * 255 / 128)
        self.register_buffer("shift", (torch.tensor(MEAN).view(1, 3, 1, 1) * 255 - 127) / 128)

    def seen(self, colours):
        """What needs no map: the encoder's features, and those of the decoder at stride 4."""
        with torch.no_grad():
            features = self.encoder(colours * self.scale + self.shift)
        y = self.top(features[4])
        y = y + self.gist(features[4].mean((2, 3)))[:, :, None, None]
        for part, skip in zip(self.up[:3], features[3:0:-1]):
            y = part(torch.cat([doubled(y), skip], 1))
        return features[0], y

    def drawn(self, finest, y, x):
        """Alpha, glass and wheel, of what was seen and all 4 planes."""
        y = self.up[3](torch.cat([doubled(y), finest, F.avg_pool2d(x[:, 3:4], 2)], 1))
        y = doubled(y)
        return self.out(torch.cat([self.head(torch.cat([y, x], 1)), y], 1))

    def forward(self, x):
        finest, y = self.seen(x[:, :3])
        vehicle = F.interpolate(self.vehicle(y), scale_factor=4, mode="bilinear", align_corners=False)
        return torch.cat([self.drawn(finest, y, x), vehicle], 1)
