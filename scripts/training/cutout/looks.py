"""What U-2-Net says of each rendered picture, at the sizes that cutout asks it: looks.py RENDERS OUT MODEL

Writes NAME.npz: rgb, truth (alpha and the classes, RGBA as rendered), box, found (whether the whole look found the car),
rects and map0...2: one look at the whole picture, two at the car. A picture whose name starts with a letter shows no
car and has no masks: its truth is empty, its box what stood out.
"""
import pathlib
import sys
import zlib

import cv2
import numpy as np
import onnx
import onnxruntime

MEAN = np.array([.485, .456, .406], np.float32)
DEVIATION = np.array([.229, .224, .225], np.float32)
WHOLE, NEAR = 144, ((160, 176, 192), (192, 224, 256))


def session(model):
    """The network with free sizes; one thread, so that several can run beside each other."""
    network = onnx.load(model)
    for value in [network.graph.input[0], network.graph.output[0]]:
        for axis, name in ((2, "height"), (3, "width")):
            value.type.tensor_type.shape.dim[axis].dim_param = name
    del network.graph.output[1:]
    del network.graph.value_info[:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    return onnxruntime.InferenceSession(network.SerializeToString(), options, providers=["CPUExecutionProvider"])


def look(network, rgb, rect, side):
    """A map of side x side values 0...1 of a part."""
    x, y, width, height = rect
    part = rgb[y:y + height, x:x + width]
    shrinks = min(width, height) > side
    part = cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    planes = (part.astype(np.float32) / max(part.max(), 1) - MEAN) / DEVIATION
    found = network.run(None, {network.get_inputs()[0].name: planes.transpose(2, 0, 1)[None].astype(np.float32)})[0][0, 0]
    return (found - found.min()) / max(found.max() - found.min(), 1e-6)


def main_box(map_, rect):
    """The largest object near the middle, in pixels; None when nothing stands out."""
    count, _, stats, middles = cv2.connectedComponentsWithStats((map_ > .55).astype(np.uint8), 8)
    if count < 2:
        return None
    away = ((middles[1:] + .5) / map_.shape[::-1] - .5) ** 2
    best = 1 + int(np.argmax(stats[1:, 4] * np.exp(-away.sum(1) / .1225)))
    scale = rect[2] / map_.shape[1], rect[3] / map_.shape[0]
    left, top, width, height = stats[best, :4]
    return [rect[0] + left * scale[0], rect[1] + top * scale[1], width * scale[0], height * scale[1]]


def grown(box, share, width, height):
    """A box with `share` of its longer side added round it, in whole pixels within the picture."""
    margin = share * max(box[2], box[3])
    left, top = max(0, int(box[0] - margin)), max(0, int(box[1] - margin))
    right, bottom = min(width, int(np.ceil(box[0] + box[2] + margin))), min(height, int(np.ceil(box[1] + box[3] + margin)))
    return left, top, right - left, bottom - top


def boxed(alpha, otherwise):
    ys, xs = np.where(alpha > 127)
    return [xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1] if len(xs) else otherwise


def overlap(a, b):
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0, across) * max(0, down)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def prepare(network, picture, out):
    rgb = cv2.cvtColor(cv2.imread(str(picture)), cv2.COLOR_BGR2RGB)
    masks, truth = picture.with_suffix(".png"), np.zeros((*rgb.shape[:2], 4), np.uint8)
    if not picture.stem[0].isalpha():
        if not masks.exists():
            return
        truth = cv2.cvtColor(cv2.imread(str(masks), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGRA2RGBA)
        if np.count_nonzero(truth[..., 3] > 127) < 2000:
            return
    height, width = rgb.shape[:2]
    dice = np.random.default_rng(zlib.crc32(picture.with_suffix(".png").name.encode()))
    whole = (0, 0, width, height)
    maps, rects = [look(network, rgb, whole, WHOLE)], [whole]
    box = main_box(maps[0], whole)
    true_box = boxed(truth[..., 3], [width * .2, height * .2, width * .6, height * .6])
    found = box is not None and (overlap(box, true_box) > .6 or picture.stem[0].isalpha())
    for sides in NEAR:
        rects.append(grown(box if found else true_box, dice.uniform(.08, .2), width, height))
        maps.append(look(network, rgb, rects[-1], int(dice.choice(sides))))
    np.savez(out, rgb=rgb, truth=truth, found=found, box=np.array(box if found else true_box, float), rects=np.array(rects),
             **{f"map{index}": map_.astype(np.float16) for index, map_ in enumerate(maps)})


def main():
    renders, folder, model = (pathlib.Path(word) for word in sys.argv[1:4])
    folder.mkdir(parents=True, exist_ok=True)
    network = session(model)
    for picture in sorted(renders.glob("*.jpg")):
        out = folder / f"{picture.stem}.npz"
        if not out.exists():
            prepare(network, picture, out)


if __name__ == "__main__":
    main()
