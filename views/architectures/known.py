"""Architectures of the lecture (slides 20-29, 66, 79, 80) and of the pages that it points at, as text; sources in `about`.

The texts of deep networks are made from their tables in known_blocks.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.architectures import CONVNETJS_MNIST, LENET5
from ...engine.layer_specs import Shape
from ...engine.squeezenet import INPUT_SHAPE as SQUEEZENET_SHAPE
from . import known_blocks as blocks


@dataclass(frozen=True)
class Architecture:
    """names: of the layers behind the input, as counts.py has them; none: numbered by kind."""

    label: str
    text: str
    input_shape: Shape  # (C, H, W)
    about: str
    names: tuple[str, ...] = ()


ALEXNET_NAMES = ("C1", "pool1", "C2", "pool2", "C3", "C4", "C5", "pool5", "F6", "F7", "output")
LENET5_NAMES = ("C1", "S2", "C3", "S4", "C5", "F6", "output")
NORM = "lrn 5 alpha 0.0005 k 2"
ALEXNET = f"""conv 96 11x11 stride 4 / relu / {NORM} / maxpool 3 stride 2
conv 256 5x5 pad 2 groups 2 / relu / {NORM} / maxpool 3 stride 2
conv 384 3x3 pad 1 / relu
conv 384 3x3 pad 1 groups 2 / relu
conv 256 3x3 pad 1 groups 2 / relu / maxpool 3 stride 2
{blocks.CLASSIFIER}"""
ZFNET = f"""conv 96 7x7 stride 2 pad 1 / relu / maxpool 3 stride 2 pad 1 / {NORM}
conv 256 5x5 stride 2 / relu / maxpool 3 stride 2 pad 1 / {NORM}
conv 384 3x3 pad 1 / relu
conv 384 3x3 pad 1 / relu
conv 256 3x3 pad 1 / relu / maxpool 3 stride 2
{blocks.CLASSIFIER}"""
LENET5_1998 = """conv 6 5x5 / tanh / avgpool 2
conv 16 5x5 / tanh / avgpool 2
conv 120 5x5 / tanh / flatten
linear 84 / tanh
linear 10"""
CNN_EXPLAINER = """conv 10 3x3 / relu
conv 10 3x3 / relu / maxpool 2
conv 10 3x3 / relu
conv 10 3x3 / relu / maxpool 2
flatten / linear 10"""
CONVNETJS_CIFAR = """conv 16 5x5 pad 2 / relu / maxpool 2
conv 20 5x5 pad 2 / relu / maxpool 2
conv 20 5x5 pad 2 / relu / maxpool 2
flatten / linear 10"""
IMAGENET = (3, 224, 224)
RESNET = "ResNet (He, Zhang, Ren, Sun, 2015) adds the input of each block to its output: blocks learn what to change. "
KNOWN = {
    "lenet5": Architecture(
        "LeNet-5 (1998)", LENET5.format(pooling="maxpool"), (1, 28, 28),
        "LeNet-5 (LeCun et al., 1998) reads digits. Its 32×32 input is the 28×28 digit in a frame of 2 zeros: the padding "
        "of C1. Here every filter of C3 sees all 6 maps, pooling takes the maximum and ReLU stands for tanh.",
        LENET5_NAMES,
    ),
    "lenet5_32": Architecture(
        "LeNet-5 as the lecture draws it", LENET5_1998, (1, 32, 32),
        "LeNet-5 (LeCun et al., 1998) as slide 66 draws it: 32×32 pixels, no padding, C5 a convolution whose maps are 1×1. In "
        "1998 most filters of C3 saw some of the 6 maps only (1,516 parameters), S2 and S4 had a learned factor and bias for "
        "each map, and the outputs were distances: 60,000 parameters in all.",
        LENET5_NAMES,
    ),
    "alexnet": Architecture(
        "AlexNet (2012)", ALEXNET, (3, 227, 227),
        "AlexNet (Krizhevsky et al., 2012) won ILSVRC-2012 with a top-5 error of 15.3 %. The paper says 224×224, but its "
        "11×11 windows of stride 4 need 227 to give 55. Two groups: it ran on two GPUs, and in C2, C4 and C5 each saw half "
        "of the channels. Its local response normalisation and dropout have no parameters and are not drawn.",
        ALEXNET_NAMES,
    ),
    "zfnet": Architecture(
        "ZFNet (2013)", ZFNET, IMAGENET,
        "ZFNet (Zeiler and Fergus, 2013) is AlexNet with smaller first windows (7×7, stride 2) and no groups: its authors had "
        "looked at what AlexNet's filters see. ILSVRC-2013: 11.7 % top-5 error with several such networks.",
        ALEXNET_NAMES,
    ),
    "vgg16": Architecture(
        "VGG-16 (2014)", blocks.vgg((2, 2, 3, 3, 3)), IMAGENET,
        "VGG-16 (Simonyan and Zisserman, 2014) stacks 3×3 convolutions: two see 5×5 pixels, three 7×7, with fewer "
        "parameters than one large kernel. ILSVRC-2014: 7.3 % top-5 error.",
        blocks.vgg_names((2, 2, 3, 3, 3)),
    ),
    "vgg19": Architecture(
        "VGG-19 (2014)", blocks.vgg((2, 2, 4, 4, 4)), IMAGENET,
        "VGG-19 (Simonyan and Zisserman, 2014): VGG-16 with a fourth convolution in the last three blocks.",
        blocks.vgg_names((2, 2, 4, 4, 4)),
    ),
    "googlenet": Architecture(
        "GoogLeNet (2014)", blocks.googlenet(), IMAGENET,
        "GoogLeNet (Szegedy et al., 2014) won ILSVRC-2014 with 6.7 % top-5 error. Its inception modules look with 1×1, 3×3 and "
        "5×5 windows at once; 1×1 convolutions (r) first reduce the channels. The two classifiers that helped training are "
        "left out. It rounds sizes of poolings up; a padding of 1 gives the same sizes here.",
        blocks.googlenet_names(),
    ),
    "resnet18": Architecture(
        "ResNet-18 (2015)", blocks.resnet((2, 2, 2, 2), 1), IMAGENET,
        f"{RESNET}Where channels double, a 1×1 convolution (p) makes the shapes equal. Batch normalisation is counted with the "
        "convolution before it.",
        blocks.resnet_names((2, 2, 2, 2), 1),
    ),
    "resnet50": Architecture(
        "ResNet-50 (2015)", blocks.resnet((3, 4, 6, 3), 4), IMAGENET,
        f"{RESNET}Each block has a 1×1 convolution that reduces the channels, a 3×3 one, and a 1×1 one that restores them. "
        "Batch normalisation is counted with the convolution before it.",
        blocks.resnet_names((3, 4, 6, 3), 4),
    ),
    "resnet152": Architecture(
        "ResNet-152 (2015)", blocks.resnet((3, 8, 36, 3), 4), IMAGENET,
        f"{RESNET}Networks of up to 152 layers won ILSVRC-2015 with 3.57 % top-5 error.",
        blocks.resnet_names((3, 8, 36, 3), 4),
    ),
    "squeezenet": Architecture(
        "SqueezeNet 1.1 (2016)", blocks.squeezenet(), SQUEEZENET_SHAPE,
        "SqueezeNet 1.1 (Iandola et al., 2016) is as accurate as AlexNet with a fiftieth of its parameters. Its photographs "
        "have 224×224 pixels; the 225th row and column are zeros. The photo view runs it.",
        blocks.squeezenet_names(),
    ),
    "cnn_explainer": Architecture(
        "CNN Explainer's network", CNN_EXPLAINER, (3, 64, 64),
        "The network of CNN Explainer (Wang et al., 2020), a small VGG that tells ten classes of Tiny ImageNet apart.",
    ),
    "convnetjs": Architecture(
        "ConvNetJS's network: digits", CONVNETJS_MNIST, (1, 24, 24),
        "The network of ConvNetJS's MNIST page (Karpathy, 2014), which learns digits live in the browser.",
    ),
    "convnetjs_cifar": Architecture(
        "ConvNetJS's network: CIFAR-10", CONVNETJS_CIFAR, (3, 32, 32),
        "The network of ConvNetJS's CIFAR-10 page (Karpathy, 2014): ten classes of photographs of 32×32 pixels.",
    ),
    "one_layer": Architecture(
        "One layer: 28×28 → 24×24×6", "conv 6 5x5", (1, 28, 28),
        "A single convolution: the panel “Weight sharing” counts the same mapping fully connected and locally connected.",
    ),
}  # fmt: skip
