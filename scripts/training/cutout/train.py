"""Train the network of car parts: train.py LOOKS WEIGHTS [--minutes N] [--rate R] [--start WEIGHTS] [--seed N]"""
import argparse
import pathlib
import queue
import threading
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import encoder
from network import PartsNetwork
from samples import sample

AT_ONCE = 3
# Shares of samples without a car, and of cars that are set before pictures without one.
NEGATIVES, PLACED = .35, .45


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("looks", type=pathlib.Path)
    parser.add_argument("weights", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--start", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def batches(looks, seed):
    """Endless batches, made in a thread of their own."""
    pictures = [dict(np.load(file)) for file in sorted(looks.glob("*.npz"))]
    kinds = [[p for p in pictures if p["truth"][..., 3].any()], [p for p in pictures if not p["truth"][..., 3].any()]]
    print(f"{len(kinds[0])} pictures with a car, {len(kinds[1])} without", flush=True)
    dice, ready = np.random.default_rng(seed), queue.Queue(6)

    def chosen(empty):
        kind = kinds[int(empty)] or kinds[0]
        return kind[int(dice.integers(len(kind)))]

    def make():
        while True:
            pairs = [sample(chosen(dice.uniform() < NEGATIVES), dice, chosen(dice.uniform() < PLACED), chosen(False))
                     for _ in range(AT_ONCE)]
            planes, truth = (torch.from_numpy(np.stack(side).astype(np.float32)) for side in zip(*pairs))
            ready.put((planes.contiguous(memory_format=torch.channels_last), truth))

    threading.Thread(target=make, daemon=True).start()
    while True:
        yield ready.get()


def overlap(found, wanted):
    shared, both = (found * wanted).sum((1, 2, 3)), (found + wanted - found * wanted).sum((1, 2, 3))
    return ((shared + 1) / (both + 1)).mean()


def losses(said, truth):
    """Alpha's cross-entropy and distance, heavier along the border; its slopes; its IoU; the classes' and the vehicle's."""
    alpha = truth[:, :1]
    near = (alpha - F.avg_pool2d(alpha, 9, 1, 4, count_include_pad=False)).abs()
    weight = 1 + 6 * (2 * near).clamp(0, 1)
    found, vehicle = torch.sigmoid(said[:, :1]), said[:, 3:]
    across = (found[..., 1:] - found[..., :-1] - alpha[..., 1:] + alpha[..., :-1]).abs().mean()
    down = (found[..., 1:, :] - found[..., :-1, :] - alpha[..., 1:, :] + alpha[..., :-1, :]).abs().mean()
    cross = F.binary_cross_entropy_with_logits
    return {
        "entropy": (cross(said[:, :1], alpha, reduction="none") * weight).mean(),
        "distance": ((found - alpha).abs() * weight).mean(), "slopes": across + down, "iou": 1 - overlap(found, alpha),
        "classes": cross(said[:, 1:3], truth[:, 1:]),
        "vehicle": cross(vehicle, alpha) + .3 * (1 - overlap(torch.sigmoid(vehicle), alpha)),
    }


WEIGHTS = {"entropy": 1, "distance": 1, "slopes": 4, "iou": .3, "classes": 1, "vehicle": 1}


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    network = PartsNetwork().to(memory_format=torch.channels_last)
    encoder.load(network.encoder, encoder.published())
    if options.start:
        network.load_state_dict(torch.load(options.start))
    learnt = [weights for weights in network.parameters() if weights.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=options.rate, weight_decay=1e-3)
    began, mean = time.monotonic(), None
    for number, (planes, truth) in enumerate(batches(options.looks, options.seed)):
        share = (time.monotonic() - began) / 60 / options.minutes
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1, (number + 1) / 50) * max(.02, .5 + .5 * np.cos(np.pi * share))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            said = network(planes)
        parts = losses(said.float(), truth)
        optimiser.zero_grad(set_to_none=True)
        sum(WEIGHTS[name] * part for name, part in parts.items()).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        now = np.array([part.item() for part in parts.values()])
        mean = now if mean is None else .98 * mean + .02 * now
        if number % 100 == 99:
            print(f"{number + 1}  {60 * options.minutes * share:.0f} s ",
                  *(f"{name} {value:.4f}" for name, value in zip(parts, mean)), flush=True)
            torch.save(network.state_dict(), options.weights)
    torch.save(network.state_dict(), options.weights)


if __name__ == "__main__":
    main()
