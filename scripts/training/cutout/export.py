"""Write trained weights as ONNX with plain convolutions: export.py WEIGHTS SECOND FILE

4 planes (colours, another network's map) to 5 maps of shares: alpha, glass, wheel, vehicle, and what looks like any vehicle.
"""
import sys

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper
from torch import nn

from network import PartsNetwork, StandardConv
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


class Shares(nn.Module):
    """Shares 0...1: the first decoder's alpha, glass and wheel, the mean of both decoders' vehicle, and any vehicle."""

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

    def forward(self, planes):
        first = torch.sigmoid(self.network(planes))
        odds = self.classifier.odds(self.kept[5])
        second = torch.sigmoid(self.second(self.kept[2], self.kept[3], self.kept[4], odds))
        vehicle = (first[:, 3:] + enlarged(second, 8)) / 2
        return torch.cat([first[:, :3], vehicle, enlarged(self.classifier(self.kept[5]), 32)], 1)


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


def main():
    network = PartsNetwork()
    network.load_state_dict(torch.load(sys.argv[1]))
    second = Second()
    second.load_state_dict(torch.load(sys.argv[2]))
    module = Shares(folded(network), second).eval()
    torch.onnx.export(module, torch.zeros(1, 4, 320, 512), sys.argv[3], input_names=["planes"], output_names=["maps"],
                      opset_version=13, dynamo=False, do_constant_folding=True)
    shrink(sys.argv[3])


if __name__ == "__main__":
    main()
