"""The network of edges: a small U-Net (Ronneberger et al. 2015) that corrects another network's map.

In: 4 x H x W, colours normalised by ImageNet's mean and deviation and the other network's map, 0...1. Out: 3 x H x W
logits of alpha, glass and wheel. H and W are divisible by 32. It starts as the identity: alpha is the given map.
"""
import torch
import torch.nn.functional as F
from torch import nn

WIDTHS = (16, 24, 48, 72, 104, 128)
HEAD = 10


class StandardConv(nn.Conv2d):
    """3 x 3, its weights standardised with a learnt gain (Qiao et al. 2019), so that no batch statistics are needed.

    `folded` gives the plain weights that inference runs with.
    """

    def __init__(self, inputs, outputs, stride=1, dilation=1):
        super().__init__(inputs, outputs, 3, stride, dilation, dilation)
        self.gain = nn.Parameter(torch.full((outputs, 1, 1, 1), 1.7))
        nn.init.normal_(self.weight)
        nn.init.zeros_(self.bias)

    def folded(self):
        variance, mean = torch.var_mean(self.weight, (1, 2, 3), keepdim=True)
        count = self.weight[0].numel()
        return (self.weight - mean) * torch.rsqrt(variance * count + 1e-4) * self.gain

    def forward(self, x):
        return F.conv2d(x, self.folded(), self.bias, self.stride, self.padding, self.dilation)


def step(inputs, outputs, stride=1, dilation=1):
    return nn.Sequential(StandardConv(inputs, outputs, stride, dilation), nn.ReLU(inplace=True))


def doubled(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class EdgeNetwork(nn.Module):
    """About 1 million weights, 2.6 billion multiplications at 512 x 320."""

    def __init__(self, c=WIDTHS, head=HEAD):
        super().__init__()
        self.down = nn.ModuleList([
            nn.Sequential(step(4, c[0], 2), step(c[0], c[1])),
            nn.Sequential(step(c[1], c[2], 2), step(c[2], c[2])),
            nn.Sequential(step(c[2], c[3], 2), step(c[3], c[3])),
            nn.Sequential(step(c[3], c[4], 2), step(c[4], c[4])),
            nn.Sequential(step(c[4], c[5], 2), step(c[5], c[5], dilation=2), step(c[5], c[4])),
        ])
        self.up = nn.ModuleList([step(2 * c[4], c[3]), step(2 * c[3], c[2]), step(2 * c[2], c[1]), step(2 * c[1], c[1])])
        self.head = nn.Sequential(step(c[1] + 4, head), step(head, head))
        self.out = nn.Conv2d(head, 3, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x):
        seen = [x]
        for part in self.down:
            seen.append(part(seen[-1]))
        y = seen.pop()
        for part in self.up:
            skip = seen.pop()
            y = part(torch.cat([doubled(y), skip], 1))
        y = self.out(self.head(torch.cat([doubled(y), x], 1)))
        given = x[:, 3:4].clamp(.01, .99)
        return torch.cat([y[:, :1] + torch.log(given / (1 - given)), y[:, 1:]], 1)
