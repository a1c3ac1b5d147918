"""Write trained weights as ONNX: publish.py WEIGHTS FILE

Probabilities and offsets as in detector.py; any sides divisible by 32. Prints the largest difference to PyTorch.
"""
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from detector import PlateNetwork

OUTPUTS = ("plate", "middle", "corners")


class Published(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        surface, middle, corners = self.network(image)
        return torch.sigmoid(surface), torch.sigmoid(middle), corners


def main():
    network = PlateNetwork()
    network.load_state_dict(torch.load(sys.argv[1]))
    module = Published(network).eval()
    sides = {2: "height", 3: "width"}
    torch.onnx.export(module, torch.zeros(1, 3, 96, 128), sys.argv[2], input_names=["image"], output_names=list(OUTPUTS),
                      dynamic_axes={"image": sides, **{name: {2: "rows", 3: "columns"} for name in OUTPUTS}},
                      opset_version=13, dynamo=False, do_constant_folding=True)
    onnx.checker.check_model(onnx.load(sys.argv[2]))
    image = np.random.default_rng(1).uniform(size=(1, 3, 224, 320)).astype(np.float32)
    said = onnxruntime.InferenceSession(sys.argv[2], providers=["CPUExecutionProvider"]).run(None, {"image": image})
    with torch.no_grad():
        wanted = module(torch.from_numpy(image))
    for name, one, other in zip(OUTPUTS, said, wanted):
        print(f"{name}: differs by at most {np.abs(one - other.numpy()).max():.1e} from PyTorch")


if __name__ == "__main__":
    main()
