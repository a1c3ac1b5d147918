"""Write trained weights as ONNX with plain convolutions: export.py WEIGHTS SECOND FOLDER

vehicles.onnx: colours to 2 maps of shares, vehicle and what looks like any vehicle, and 6 more planes that hold what it saw.
parts.onnx: colours, another network's map and those 6 planes to 3 maps of shares, alpha, glass and wheel. Apart, so that
who wants no parts doesn't pay for the finest and most costly cells.
"""
import pathlib
import sys

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper
from torch import nn

from encoder import PLANES
from network import WIDTHS, PartsNetwork, StandardConv
from second import Second
from vehicles import Classifier

# Weights above this many are stored in 8 bits with a scale a row, those above the second in 16.
LARGEST, LARGE = 400_000, 256


def folded(module):
    """The same network with each standardised convolution replaced by the plain one that it amounts to."""
    for name, child in module.named_children():
        if isinstance(child, StandardConv):
            plain = nn.Conv2d(child.in_channels, child.out_channels, child.kernel_size, 1, child.padding)
            plain.weight.data, plain.bias.data = child.folded().detach(), child.bias.detach()
            setattr(module, name, plain)
        else:
            folded(child)
    return module


WIDTH, HEIGHT = 512, 320
# Planes of WIDTH x HEIGHT that the features at stride 2 and those of the decoder at stride 4 fill.
FINEST, DECODED = PLANES[0] // 4, WIDTHS[3] // 16


class Vehicles(nn.Module):
    """The mean of both decoders' vehicle, any vehicle, and what the parts are drawn of."""

    def __init__(self, network, second):
        super().__init__()
        self.network, self.second, self.classifier, self.kept = network, second, Classifier(), []
        network.encoder.forward = self.seen

    def seen(self, colours):
        """What the encoder gives, and besides what the second decoder and the classifier want of it."""
        features = self.network.encoder.inner(colours)
        top = self.network.encoder.last(features[4])
        self.kept = [*features, top]
        return [*features[:4], top]

    def forward(self, colours):
        finest, y = self.network.seen(colours)
        first = torch.sigmoid(enlarged(self.network.vehicle(y), 4))
        second = torch.sigmoid(self.second(self.kept[2], self.kept[3], self.kept[4], self.classifier.odds(self.kept[5])))
        maps = [(first + enlarged(second, 8)) / 2, enlarged(self.classifier(self.kept[5]), 32)]
        return torch.cat([*maps, *(kept.reshape(1, -1, HEIGHT, WIDTH) for kept in (finest, y))], 1)


class Parts(nn.Module):
    """The first decoder's alpha, glass and wheel."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, planes):
        x, finest, y = planes.split([4, FINEST, DECODED], 1)
        finest = finest.reshape(1, PLANES[0], HEIGHT // 2, WIDTH // 2)
        y = y.reshape(1, WIDTHS[3], HEIGHT // 4, WIDTH // 4)
        return torch.sigmoid(self.network.drawn(finest, y, x))


def enlarged(map_, times):
    return F.interpolate(map_, scale_factor=times, mode="bilinear", align_corners=False)


def stored(weights):
    """Smaller weights, and the nodes that make the given ones of them when the network is read."""
    values, name = numpy_helper.to_array(weights), weights.name
    if values.size < LARGEST:
        cast = helper.make_node("Cast", [name + ".half"], [name], to=onnx.TensorProto.FLOAT)
        return [numpy_helper.from_array(values.astype(np.float16), name + ".half")], [cast]
    step = (np.abs(values).max(tuple(range(1, values.ndim)), keepdims=True) / 127).astype(np.float32)
    whole = numpy_helper.from_array(np.round(values / step).astype(np.int8), name + ".steps")
    return [whole, numpy_helper.from_array(step, name + ".step")], [
        helper.make_node("Cast", [name + ".steps"], [name + ".cast"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Mul", [name + ".cast", name + ".step"], [name])]


def shrink(file):
    """Store the larger weights in fewer bits."""
    network = onnx.load(file)
    graph, nodes = network.graph, []
    for weights in list(graph.initializer):
        if weights.data_type != onnx.TensorProto.FLOAT or np.prod(weights.dims) < LARGE:
            continue
        smaller, made = stored(weights)
        graph.initializer.remove(weights)
        graph.initializer.extend(smaller)
        nodes += made
    for node in reversed(nodes):
        graph.node.insert(0, node)
    onnx.checker.check_model(network)
    onnx.save(network, file)


def export(module, planes, file):
    torch.onnx.export(module.eval(), torch.zeros(1, planes, HEIGHT, WIDTH), str(file), input_names=["planes"],
                      output_names=["maps"], opset_version=13, dynamo=False, do_constant_folding=True)
    shrink(file)


def main():
    network = PartsNetwork()
    network.load_state_dict(torch.load(sys.argv[1]))
    second = Second()
    second.load_state_dict(torch.load(sys.argv[2]))
    folder = pathlib.Path(sys.argv[3])
    export(Vehicles(folded(network), second), 3, folder / "vehicles.onnx")
    export(Parts(network), 4 + FINEST + DECODED, folder / "parts.onnx")


if __name__ == "__main__":
    main()
