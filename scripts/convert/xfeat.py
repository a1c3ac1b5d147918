"""The networks `xfeat` and `lighterglue` as ONNX, from the weights that their authors published for torch.

Both have one input and one output, laid out as planes, as everything is that Rundum runs.
"""
import array

import onnx_file
import torch_file

# Keypoints of a picture that `lighterglue` compares, and the columns of each: x, y, whether it is one, its descriptor.
KEYPOINTS, COLUMNS = 1024, 67
# What is added to the score of a keypoint that is none.
NEVER = -30000.0


class Convolutions:
    """XFeat (Potje and others 2024): a grey picture, sides multiples of 32, to an eighth of its size.

    129 planes come out: 64 of descriptors of length 1, 64 with the chance that a keypoint lies at each place of the
    cell, row by row, and how far the descriptor may be relied on.
    """

    def __init__(self, tensors):
        self.tensors, self.graph = tensors, onnx_file.Graph("xfeat")

    def constant(self, count, value):
        """`count` times the same number."""
        return self.graph.weight(torch_file.Tensor((count,), array.array("f", [value] * count)))

    def convolution(self, x, name, stride=1, bias=False):
        """One convolution that keeps the size but for its stride."""
        weight = self.tensors[f"{name}.weight"]
        side = weight.shape[2]
        inputs = [x, self.graph.weight(weight)]
        if bias:
            inputs.append(self.graph.weight(self.tensors[f"{name}.bias"]))
        return self.graph.add("Conv", *inputs, kernel_shape=[side, side], pads=[side // 2] * 4, strides=[stride] * 2)

    def layer(self, x, name, stride=1):
        """Convolution, batch norm without weights of its own, rectifier."""
        y = self.convolution(x, f"{name}.layer.0", stride)
        mean, variance = (self.tensors[f"{name}.layer.1.running_{what}"] for what in ("mean", "var"))
        y = self.graph.add("BatchNormalization", y, self.constant(mean.shape[0], 1), self.constant(mean.shape[0], 0),
                           self.graph.weight(mean), self.graph.weight(variance), epsilon=1e-5)
        return self.graph.add("Relu", y)

    def layers(self, x, name, strides):
        """A block of layers."""
        for index, stride in enumerate(strides):
            x = self.layer(x, f"{name}.{index}", stride)
        return x

    def enlarged(self, x, times):
        """Bilinear."""
        scales = self.graph.numbers(1, 1, times, times)
        return self.graph.add("Resize", x, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")

    def model(self):
        """The file's bytes."""
        graph = self.graph
        x = graph.add("InstanceNormalization", "picture", self.constant(1, 1), self.constant(1, 0), epsilon=1e-5)
        skip = self.convolution(graph.add("AveragePool", x, kernel_shape=[4, 4], strides=[4, 4]), "skip1.1", bias=True)
        x2 = self.layers(graph.add("Add", self.layers(x, "block1", (1, 2, 1, 2)), skip), "block2", (1, 1))
        x3 = self.layers(x2, "block3", (2, 1, 1))
        x4 = self.layers(x3, "block4", (2, 1, 1))
        x5 = self.layers(x4, "block5", (2, 1, 1, 1))
        x3 = graph.add("Add", graph.add("Add", x3, self.enlarged(x4, 2.0)), self.enlarged(x5, 4.0))
        seen = self.convolution(self.layers(x3, "block_fusion", (1, 1)), "block_fusion.2", bias=True)
        squares = graph.add("ReduceSum", graph.add("Mul", seen, seen), graph.integers(1), keepdims=1)
        length = graph.add("Max", graph.add("Sqrt", squares), graph.numbers(1e-12))
        descriptors = graph.add("Div", seen, length)
        relied = self.convolution(self.layers(seen, "heatmap_head", (1, 1)), "heatmap_head.2", bias=True)
        cells = self.layers(graph.add("SpaceToDepth", x, blocksize=8), "keypoint_head", (1, 1, 1))
        chances = graph.add("Softmax", self.convolution(cells, "keypoint_head.3", bias=True), axis=1)
        chances = graph.add("Slice", chances, graph.integers(0), graph.integers(64), graph.integers(1))
        found = graph.add("Concat", descriptors, chances, graph.add("Sigmoid", relied), axis=1)
        name = graph.add("Identity", found)
        return graph.model({"picture": (1, 1, "height", "width")}, {name: (1, 129, "rows", "columns")}, "rundum")


class Transformer:
    """LighterGlue (Lindenberger, Sarlin, Pollefeys 2023, as trained for XFeat): which keypoints of two pictures match.

    2 planes go in, one a picture, a row for each of 1024 keypoints: its place from the picture's middle in halves of
    the longer side, 1 for a keypoint and 0 for a row that is none, and XFeat's descriptor. One plane comes out, a row
    for each keypoint of the first picture: which of the second is its best, the logarithm of the chance that they are
    the same, and which of the first is best for the keypoint of the second that has the row's number.
    """
    layers, width = 6, 96

    def __init__(self, tensors):
        prefix = "matcher."
        self.tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
        self.graph = onnx_file.Graph("lighterglue")

    def linear(self, x, name, order=None):
        """A matrix and an offset; `order` picks rows of the matrix."""
        weight, bias = self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"]
        if order:
            weight, bias = weight.rows(order), bias.rows(order)
        y = self.graph.add("MatMul", x, self.graph.weight(weight.transposed()))
        return self.graph.add("Add", y, self.graph.weight(bias))

    def attended(self, asking, asked, values, mask):
        """Each row's mean of `values`, weighed by how well its question goes with what is asked."""
        graph = self.graph
        scores = graph.add("MatMul", asking, graph.add("Transpose", asked, perm=[0, 2, 1]))
        scores = graph.add("Mul", scores, graph.numbers(self.width ** -0.5))
        weights = graph.add("Softmax", graph.add("Add", scores, mask), axis=-1)
        return graph.add("MatMul", weights, values)

    def told(self, x, message, name):
        """What a row becomes when it has heard a message."""
        graph = self.graph
        y = self.linear(graph.add("Concat", x, message, axis=-1), f"{name}.ffn.0")
        scale, bias = (graph.weight(self.tensors[f"{name}.ffn.1.{what}"]) for what in ("weight", "bias"))
        y = graph.add("Gelu", graph.add("LayerNormalization", y, scale, bias, axis=-1, epsilon=1e-5))
        return graph.add("Add", x, self.linear(y, f"{name}.ffn.3"))

    def turned(self, even, odd, cosine, sine):
        """Pairs of channels turned by angles that the keypoint's place gives (rotary encoding)."""
        graph = self.graph
        first = graph.add("Sub", graph.add("Mul", even, cosine), graph.add("Mul", odd, sine))
        second = graph.add("Add", graph.add("Mul", odd, cosine), graph.add("Mul", even, sine))
        return graph.add("Concat", first, second, axis=-1)

    def within(self, x, index, angles, mask):
        """Attention to the same picture's keypoints."""
        name = f"self_attn.{index}" if f"self_attn.{index}.Wqkv.weight" in self.tensors else \
            f"transformers.{index}.self_attn"
        # The rows are question, answer, value of each channel in turn; even channels first, then odd ones.
        channels = [*range(0, self.width, 2), *range(1, self.width, 2)]
        order = [3 * c for c in channels] + [3 * c + 1 for c in channels] + [3 * c + 2 for c in range(self.width)]
        half = self.width // 2
        parts = self.graph.add("Split", self.linear(x, f"{name}.Wqkv", order),
                               self.graph.integers(half, half, half, half, self.width), outputs=5, axis=-1)
        asking, asked = self.turned(*parts[:2], *angles), self.turned(*parts[2:4], *angles)
        message = self.attended(asking, asked, parts[4], mask)
        return self.told(x, self.linear(message, f"{name}.out_proj"), name)

    def across(self, x, index, mask):
        """Attention to the other picture's keypoints; `mask` is already that of the other picture."""
        name = f"cross_attn.{index}" if f"cross_attn.{index}.to_qk.weight" in self.tensors else \
            f"transformers.{index}.cross_attn"
        asking = self.linear(x, f"{name}.to_qk")
        message = self.attended(asking, self.other(asking), self.other(self.linear(x, f"{name}.to_v")), mask)
        return self.told(x, self.linear(message, f"{name}.to_out"), name)

    def other(self, x):
        """The two pictures the other way round."""
        return self.graph.add("Gather", x, self.graph.integers(1, 0), axis=0)

    def picture(self, x, index):
        """What belongs to one of the two pictures."""
        return self.graph.add("Slice", x, self.graph.integers(index), self.graph.integers(index + 1),
                              self.graph.integers(0))

    def assignment(self, x, masks):
        """Logarithms of the chances that rows of the first and the second picture are the same."""
        graph, name = self.graph, f"log_assignment.{self.layers - 1}"
        projected = graph.add("Mul", self.linear(x, f"{name}.final_proj"), graph.numbers(self.width ** -0.25))
        alike = graph.add("MatMul", self.picture(projected, 0),
                          graph.add("Transpose", self.picture(projected, 1), perm=[0, 2, 1]))
        alike = graph.add("Add", alike, self.picture(masks, 1))
        alike = graph.add("Add", alike, graph.add("Transpose", self.picture(masks, 0), perm=[0, 2, 1]))
        chance = graph.add("Neg", graph.add("Softplus", graph.add("Neg", self.linear(x, f"{name}.matchability"))))
        total = graph.add("Add", graph.add("LogSoftmax", alike, axis=2), graph.add("LogSoftmax", alike, axis=1))
        total = graph.add("Add", total, self.picture(chance, 0))
        return graph.add("Add", total, graph.add("Transpose", self.picture(chance, 1), perm=[0, 2, 1]))

    def model(self):
        """The file's bytes."""
        graph = self.graph
        rows = graph.add("Reshape", "keypoints", graph.integers(2, KEYPOINTS, COLUMNS))
        places, valid, descriptors = graph.add("Split", rows, graph.integers(2, 1, COLUMNS - 3), outputs=3, axis=-1)
        angles = graph.add("MatMul", places, graph.weight(self.tensors["posenc.Wr.weight"].transposed()))
        turn = graph.add("Cos", angles), graph.add("Sin", angles)
        none = graph.add("Mul", graph.add("Sub", graph.numbers(1), valid), graph.numbers(NEVER))
        masks = graph.add("Transpose", none, perm=[0, 2, 1])
        others = self.other(masks)
        x = self.linear(descriptors, "input_proj")
        for index in range(self.layers):
            x = self.across(self.within(x, index, turn, masks), index, others)
        table = self.assignment(x, masks)
        best = graph.add("ArgMax", table, axis=2, keepdims=1)
        back = graph.add("Transpose", graph.add("ArgMax", table, axis=1, keepdims=1), perm=[0, 2, 1])
        chance = graph.add("ReduceMax", table, graph.integers(2), keepdims=1)
        found = graph.add("Concat", graph.add("Cast", best, to=1), chance, graph.add("Cast", back, to=1), axis=-1)
        name = graph.add("Reshape", found, graph.integers(1, 1, KEYPOINTS, 3))
        return graph.model({"keypoints": (1, 2, KEYPOINTS, COLUMNS)}, {name: (1, 1, KEYPOINTS, 3)}, "rundum")


def xfeat(file):
    """`xfeat` from its weights."""
    return Convolutions(torch_file.read(file)).model()


def lighterglue(file):
    """`lighterglue` from its weights."""
    return Transformer(torch_file.read(file)).model()
