"""Architectures of the lecture (slides 66, 79, 80), as text.

LeNet-5: LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998.
AlexNet: Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks, 2012.
VGG-16: Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition, 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.architectures import CONVNETJS_MNIST, LENET5


@dataclass(frozen=True)
class Architecture:
    """names: of the layers behind the input, as counts.py has them; none: numbered by kind."""

    text: str
    input_shape: tuple[int, int, int]
    about: str
    names: tuple[str, ...] = ()


def _vgg_block(filters: int, count: int) -> str:
    return f"conv {filters} 3x3 pad 1 / relu / " * count + "maxpool 2 / "


VGG16 = (
    "".join(_vgg_block(*block) for block in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)))
    + "flatten / linear 4096 / relu / linear 4096 / relu / linear 1000"
)
VGG16_NAMES = (
    "conv1-1", "conv1-2", "pool1", "conv2-1", "conv2-2", "pool2", "conv3-1", "conv3-2", "conv3-3", "pool3",
    "conv4-1", "conv4-2", "conv4-3", "pool4", "conv5-1", "conv5-2", "conv5-3", "pool5", "F6", "F7", "output",
)  # fmt: skip
ALEXNET = (
    "conv 96 11x11 stride 4 / relu / lrn 5 alpha 0.0005 k 2 / maxpool 3 stride 2 / "
    "conv 256 5x5 pad 2 groups 2 / relu / lrn 5 alpha 0.0005 k 2 / maxpool 3 stride 2 / "
    "conv 384 3x3 pad 1 / relu / conv 384 3x3 pad 1 groups 2 / relu / conv 256 3x3 pad 1 groups 2 / relu / "
    "maxpool 3 stride 2 / flatten / dropout 0.5 / linear 4096 / relu / dropout 0.5 / linear 4096 / relu / linear 1000"
)
KNOWN = {
    "lenet5": Architecture(
        LENET5.format(pooling="maxpool"), (1, 28, 28),
        "LeNet-5 (LeCun et al., 1998) reads digits. Its 32×32 input is the 28×28 digit in a frame of 2 zeros: the padding "
        "of C1. Here every filter of C3 sees all 6 maps, pooling takes the maximum and ReLU stands for tanh.",
        ("C1", "S2", "C3", "S4", "C5", "F6", "output"),
    ),
    "alexnet": Architecture(
        ALEXNET, (3, 227, 227),
        "AlexNet (Krizhevsky et al., 2012) won ILSVRC-2012 with a top-5 error of 15.3 %. The paper says 224×224, but its "
        "11×11 windows of stride 4 need 227 to give 55. Two groups: it ran on two GPUs, and in C2, C4 and C5 each saw half "
        "of the channels. Its local response normalisation and dropout have no parameters and are not drawn.",
        ("C1", "pool1", "C2", "pool2", "C3", "C4", "C5", "pool5", "F6", "F7", "output"),
    ),
    "vgg16": Architecture(
        VGG16, (3, 224, 224),
        "VGG-16 (Simonyan and Zisserman, 2014) stacks 3×3 convolutions: two see 5×5 pixels, three 7×7, with fewer "
        "parameters than one large kernel. ILSVRC-2014: 7.3 % top-5 error.",
        VGG16_NAMES,
    ),
    "convnetjs": Architecture(
        CONVNETJS_MNIST, (1, 24, 24),
        "The network of ConvNetJS's MNIST page (Karpathy, 2014), which learns digits live in the browser.",
    ),
}  # fmt: skip
