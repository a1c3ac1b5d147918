"""Write trained weights as ONNX with plain convolutions: export.py WEIGHTS FILE"""
import sys

import torch
from torch import nn

from network import EdgeNetwork, StandardConv


def folded(module):
    """The same network with each standardised convolution replaced by the plain one that it amounts to."""
    for name, child in module.named_children():
        if isinstance(child, StandardConv):
            plain = nn.Conv2d(child.in_channels, child.out_channels, 3, child.stride, child.padding, child.dilation)
            plain.weight.data, plain.bias.data = child.folded().detach(), child.bias.detach()
            setattr(module, name, plain)
        else:
            folded(child)
    return module


class Shares(nn.Module):
    """Alpha, glass and wheel as shares 0...1."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, planes):
        return torch.sigmoid(self.network(planes))


def main():
    weights, file = sys.argv[1:3]
    network = EdgeNetwork()
    network.load_state_dict(torch.load(weights))
    torch.onnx.export(Shares(folded(network)).eval(), torch.zeros(1, 4, 320, 512), file, input_names=["planes"],
                      output_names=["maps"], opset_version=13, dynamo=False, do_constant_folding=True)


if __name__ == "__main__":
    main()
