"""Train a second decoder of where the main vehicle is: second.py RENDERS WEIGHTS [--minutes N] [--seed N]

It is apart from the first in everything: smaller and coarser, it sees the classifier's vehicles (vehicles.py) as one more plane, and
learns from cars pasted on other pictures with nothing of their own place. The two err on different pictures.
"""
import argparse
import pathlib
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import encoder
import pasted
from vehicles import Classifier

WIDTH, HEIGHT, AT_ONCE = 448, 320, 8


def step(inputs, outputs, side=3, spread=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, side, 1, spread * (side // 2), spread), nn.ReLU(inplace=True))


def doubled(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class Second(nn.Module):
    """Features at strides 8, 16 and 32 (before the encoder's last widening) and log-odds of any vehicle at 32, to logits at 8."""

    def __init__(self, width=64):
        super().__init__()
        self.a, self.b, self.b2 = step(320, 95, 1), step(96, 96), step(96, 96, 3, 2)
        self.c, self.d, self.e = step(112, 64, 1), step(160, width), step(40, 32, 1)
        self.f, self.o = step(width + 32, width), nn.Conv2d(width + 1, 1, 1)

    def forward(self, eighth, sixteenth, last, odds):
        x = self.b(torch.cat([self.a(last), odds], 1))
        x = x + self.b2(x)
        x = self.d(torch.cat([doubled(x), self.c(sixteenth)], 1))
        x = self.f(torch.cat([doubled(x), self.e(eighth)], 1))
        return self.o(torch.cat([x, doubled(doubled(F.max_pool2d(odds, 3, 1, 1)))], 1))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("renders", type=pathlib.Path)
    parser.add_argument("weights", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=18)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def batch(cars, places, dice):
    """Colours as the encoder takes them, and the main vehicle's share of every cell at stride 8."""
    pairs = [pasted.sample(cars, places, dice, WIDTH, HEIGHT) for _ in range(AT_ONCE)]
    colours = np.stack([(picture.astype(np.float32) - 127) / 128 for picture, _ in pairs]).transpose(0, 3, 1, 2)
    shares = [cv2.resize(alpha, (WIDTH // 8, HEIGHT // 8), interpolation=cv2.INTER_AREA) for _, alpha in pairs]
    return torch.from_numpy(np.ascontiguousarray(colours)), torch.from_numpy(np.stack(shares))[:, None]


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    cars, places = pasted.pictures(options.renders)
    seen = encoder.load(encoder.Encoder(), encoder.published()).requires_grad_(False)
    classifier, network, dice = Classifier(), Second(), np.random.default_rng(options.seed)
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-4)
    began, number, share = time.monotonic(), 0, 0.0
    while share < 1:
        share, number = (time.monotonic() - began) / 60 / options.minutes, number + 1
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * min(1, number / 20) * max(.01, .5 + .5 * np.cos(np.pi * min(1, share)))
        colours, wanted = batch(cars, places, dice)
        with torch.no_grad():
            features = seen.inner(colours)
            odds = classifier.odds(seen.last(features[4]))
        said = network(features[2], features[3], features[4], odds)
        found = torch.sigmoid(said)
        both = (2 * (found * wanted).sum((1, 2, 3)) + 20) / ((found + wanted).sum((1, 2, 3)) + 20)
        loss = F.binary_cross_entropy_with_logits(said, wanted) + .3 * (1 - both).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if number % 25 == 0:
            print(f"{number}  {60 * options.minutes * share:.0f} s  {loss.item():.4f}", flush=True)
    torch.save(network.state_dict(), options.weights)


if __name__ == "__main__":
    main()
