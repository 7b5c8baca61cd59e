"""What the Python contestants of the images share: the networks and the flags. `images.rs` is typednet's side.

A network is a list of stages. ResNets are those of He et al. 2015 for small images, with 1x1 convolutions where sizes change.
"""

import argparse
from dataclasses import dataclass

BATCH, MANY, CLASSES = 64, 256, 10


@dataclass(frozen=True)
class Network:
    """A network of images: their sizes and, for a ResNet, how many blocks each of its three stages has."""

    title: str
    side: int
    colours: int
    blocks: int = 0
    bias: bool = True

    def convolutions(self):
        """Every convolution as (inputs, outputs, kernel, stride, side of its output), the first one first."""
        if not self.blocks:
            return [(1, 6, 5, 1, 24), (6, 16, 5, 1, 8)]
        found, side, inputs = [(self.colours, 16, 3, 1, self.side)], self.side, 16
        for stage, outputs in enumerate((16, 32, 64)):
            for block in range(self.blocks):
                stride = 2 if stage and not block else 1
                side = -(-side // stride)
                found += [(inputs, outputs, 3, stride, side), (outputs, outputs, 3, 1, side)]
                if inputs != outputs:
                    found.append((inputs, outputs, 1, stride, side))
                inputs = outputs
        return found

    def flops(self, rows, training):
        """Floating-point operations of all products: forward, and in training those of both gradients too.

        The first layer's input has no gradient.
        """
        each = [i * o * k * k * side * side for i, o, k, _, side in self.convolutions()]
        dense = [(64, CLASSES)] if self.blocks else [(256, 120), (120, 84), (84, CLASSES)]
        forward = sum(each) + sum(i * o for i, o in dense)
        return 2 * rows * (3 * forward - each[0] if training else forward)


NETWORKS = {
    "lenet": Network("LeNet", 28, 1),
    "resnet8": Network("ResNet-8, 28x28", 28, 1, blocks=1),
    "resnet20": Network("ResNet-20, 32x32x3", 32, 3, blocks=3, bias=False),
}


def options(*layouts):
    """The flags of the command line; `layouts` are the ways of this contestant, the first is the usual one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--network", choices=NETWORKS, default="lenet")
    if layouts:
        parser.add_argument("--layout", choices=layouts, default=layouts[0])
    return parser.parse_args()
