"""Train the network of plates: learn.py WEIGHTS RENDERS... [--minutes N] [--rate R] [--start WEIGHTS] [--still N] [--seed N]

WEIGHTS to start from may be a published ONNX; the encoder's blocks from `still` on learn too, at a tenth of the rate.
"""
import argparse
import multiprocessing
import pathlib
import queue
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import detector
import sources
from composing import Studio, pair

# Sizes of samples, how many at once, and how often.
SIZES, SHARES = ((320, 320, 4), (416, 320, 3), (512, 448, 2), (256, 256, 6)), (.45, .25, .15, .15)
# The mean of weights that is kept: its memory, and the step from which on it is taken.
STEADY, SETTLED = .998, 300
# Batches between looks for more renders.
LOOK_AGAIN = 300
# Batches that are used again while none is ready.
REMEMBERED = 400


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=pathlib.Path)
    parser.add_argument("renders", type=pathlib.Path, nargs="+")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--rate", type=float, default=1.3e-3)
    parser.add_argument("--start", type=pathlib.Path)
    parser.add_argument("--still", type=int, default=detector.BLOCKS_USED)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def draw(ready, folders, seed):
    """Endless batches, in a process of their own; renders that are added meanwhile are taken too."""
    cv2.setNumThreads(1)
    dice, photos, known, drawn = np.random.default_rng(seed), sources.photographs(), 0, 0
    while True:
        there = sum(len(list(folder.glob("*.png"))) for folder in folders) if drawn % LOOK_AGAIN == 0 else known
        if there != known:
            known, (cars, others) = there, sources.renders(*folders)
            studio = Studio(*(sources.apart(kind, False) for kind in (cars, others, photos)))
        drawn += 1
        wide, tall, count = SIZES[int(dice.choice(len(SIZES), p=SHARES))]
        pictures, planes = zip(*(pair(studio, dice, wide, tall) for _ in range(count)))
        ready.put((np.stack(pictures), np.stack(planes).astype(np.float16)))


def taken(ready, batches, dice):
    """The next batch when one is ready; else one of those used before."""
    try:
        batch = ready.get_nowait()
    except queue.Empty:
        return batches[int(dice.integers(len(batches)))]
    batches.append(batch)
    del batches[:-REMEMBERED]
    return batch


def losses(said, truth):
    """Surface: cross-entropy and dice; middle: focal (Law and Deng 2018); corners: distance, less for large
    plates and far corners."""
    surface, middle, corners = said
    wanted, heat, places, weight, asked = truth[:, :1], truth[:, 1:2], truth[:, 2:10], truth[:, 10:11], truth[:, 11:]
    share = torch.sigmoid(surface)
    cross = F.binary_cross_entropy_with_logits(surface, wanted, reduction="none")
    entropy = (cross * (wanted - share).abs().detach().sqrt() * asked).sum() / asked.sum() * 4
    shared, both = (share * wanted * asked).sum(), ((share + wanted) * asked).sum()
    logs, chance = F.logsigmoid(middle), torch.sigmoid(middle)
    peak = (heat > .999).float()
    focal = -(peak * (1 - chance) ** 2 * logs + (1 - peak) * (1 - heat) ** 4 * chance ** 2 * (logs - middle)) * asked
    far = torch.hypot(places[:, ::2], places[:, 1::2]).repeat_interleave(2, 1)
    off = F.smooth_l1_loss(corners, places, reduction="none", beta=.25) / (1 + .12 * far) * weight
    return {
        "entropy": entropy,
        "dice": 1 - (2 * shared + 8) / (both + 8),
        "middle": focal.sum() / (peak * asked).sum().clamp(min=3),
        "corners": off.sum() / weight.sum().clamp(min=4) / 8
    }


WEIGHTS = {"entropy": 1, "dice": .5, "middle": .5, "corners": 2.5}


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    network = detector.start().to(memory_format=torch.channels_last)
    if options.start:
        network.load_state_dict(detector.restored(options.start))
    seeing = network.opened(options.still)
    steady = torch.optim.swa_utils.AveragedModel(network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(STEADY))
    learnt = [weights for weights in network.parameters() if weights.requires_grad]
    own = [weights for weights in learnt if not any(weights is other for other in seeing)]
    groups = [{"params": own, "share": 1}, {"params": seeing, "share": .1}]
    optimiser = torch.optim.AdamW([group for group in groups if group["params"]], lr=options.rate, weight_decay=1e-2)
    ready = multiprocessing.Queue(12)
    multiprocessing.Process(target=draw, args=(ready, options.renders, options.seed), daemon=True).start()
    batches, began, mean, number = [ready.get()], time.monotonic(), None, 0
    dice = np.random.default_rng(options.seed)
    while (share := (time.monotonic() - began) / 60 / options.minutes) < 1:
        pictures, planes = taken(ready, batches, dice)
        for group in optimiser.param_groups:
            group["lr"] = group["share"] * options.rate * min(1, (number + 1) / 100) * max(.02, .5 + .5 * np.cos(np.pi * share))
        x = torch.from_numpy(pictures).float().div_(255).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            said = network(x)
        parts = losses([maps.float() for maps in said], torch.from_numpy(planes).float())
        optimiser.zero_grad(set_to_none=True)
        whole = sum(WEIGHTS[name] * part for name, part in parts.items())
        whole.backward()
        if not torch.isfinite(torch.nn.utils.clip_grad_norm_(learnt, 2.0)):
            continue
        optimiser.step()
        number += 1
        if number == SETTLED:
            steady.module.load_state_dict(network.state_dict())
        steady.update_parameters(network)
        now = np.array([part.item() for part in parts.values()])
        mean = now if mean is None else .98 * mean + .02 * now
        if number % 100 == 0:
            print(f"{number}  {60 * options.minutes * share:.0f} s ",
                  *(f"{name} {value:.4f}" for name, value in zip(parts, mean)), flush=True)
            kept = options.weights.with_suffix(".new")
            torch.save(steady.module.state_dict(), kept)
            kept.replace(options.weights)


if __name__ == "__main__":
    main()
