"""Networks made of blocks, written from the tables of their papers: VGG, GoogLeNet, ResNet, SqueezeNet; the names of layers.

Names are those of the papers: conv3-2 of VGG, 3a of GoogLeNet, conv2_1 of ResNet, fire2.squeeze of SqueezeNet.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.squeezenet import POOL as SQUEEZENET_POOL
from ...engine.squeezenet import SQUEEZENET

CLASSIFIER = """flatten / dropout 0.5 / linear 4096 / relu
dropout 0.5 / linear 4096 / relu
linear 1000"""
VGG_FILTERS = (64, 128, 256, 512, 512)
POOL = "maxpool 3 stride 2 pad 1"
INCEPTIONS = {  # table 1 of the paper: 1×1; before and of 3×3; before and of 5×5; behind the pooling
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64), "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}  # fmt: skip
LAST_OF_STAGE = ("3b", "4e")  # behind which a pooling follows
FIRES = range(2, 10)
POOL_BEHIND = {2: (), 3: ("pool3",), 5: ("pool5",)}  # of SqueezeNet


def vgg(counts: Sequence[int]) -> str:
    """Blocks of 3×3 convolutions, a block a line. counts: how many each block has."""
    lines = [
        " / ".join([f"conv {filters} 3x3 pad 1 / relu"] * count) + " / maxpool 2"
        for filters, count in zip(VGG_FILTERS, counts, strict=True)
    ]
    return "\n".join([*lines, CLASSIFIER])


def vgg_names(counts: Sequence[int]) -> tuple[str, ...]:
    """conv1-1, conv1-2, pool1, …"""
    blocks = [
        [*(f"conv{block}-{n}" for n in range(1, count + 1)), f"pool{block}"] for block, count in enumerate(counts, start=1)
    ]
    return (*(name for block in blocks for name in block), "F6", "F7", "output")


def googlenet() -> str:
    """A module a line."""
    lines = [
        f"conv 64 7x7 stride 2 pad 3 / relu / {POOL} / lrn 5",
        f"conv 64 1x1 / relu / conv 192 3x3 pad 1 / relu / lrn 5 / {POOL}",
    ]
    for name, (one, before3, three, before5, five, pooled) in INCEPTIONS.items():
        branches = [
            f"conv {one} 1x1 / relu",
            f"conv {before3} 1x1 / relu / conv {three} 3x3 pad 1 / relu",
            f"conv {before5} 1x1 / relu / conv {five} 5x5 pad 2 / relu",
            f"maxpool 3 stride 1 pad 1 / conv {pooled} 1x1 / relu",
        ]
        lines.append(f"concat({' | '.join(branches)})" + (f" / {POOL}" if name in LAST_OF_STAGE else ""))
    return "\n".join([*lines, "globalavgpool / dropout 0.4 / linear 1000"])


def googlenet_names() -> tuple[str, ...]:
    """conv1, pool1, …, and 3a with its parts."""
    names = ["conv1", "pool1", "conv2 r", "conv2", "pool2"]
    for name in INCEPTIONS:
        names += [f"{name} {part}" for part in ("1×1", "3×3 r", "3×3", "5×5 r", "5×5", "pool", "pool p")] + [name]
        names += [f"pool{name[0]}"] if name in LAST_OF_STAGE else []
    return (*names, "avgpool", "output")


def resnet(counts: Sequence[int], widening: int) -> str:
    """A block a line. counts: blocks of each stage; widening: 1 for two 3×3 convolutions, 4 for bottlenecks."""
    lines, channels = [f"{_normalised(64, '7x7 stride 2 pad 3')} / relu / {POOL}"], 64
    for stage, count in enumerate(counts):
        for block in range(count):
            filters, stride = 64 * 2**stage, 2 if stage and not block else 1
            lines.append(_residual(filters, widening, stride, is_shape_kept=stride == 1 and channels == filters * widening))
            channels = filters * widening
    return "\n".join([*lines, "globalavgpool / linear 1000"])


def _residual(filters: int, widening: int, stride: int, *, is_shape_kept: bool) -> str:
    step = f" stride {stride}" if stride > 1 else ""
    convolutions = (
        [(filters, f"1x1{step}"), (filters, "3x3 pad 1"), (filters * widening, "1x1")]
        if widening > 1
        else [(filters, f"3x3{step} pad 1"), (filters, "3x3 pad 1")]
    )
    way = " / relu / ".join(_normalised(*one) for one in convolutions)
    return f"add({way} | {'identity' if is_shape_kept else _normalised(filters * widening, f'1x1{step}')}) / relu"


def _normalised(filters: int, size: str) -> str:
    return f"conv {filters} {size} bias 0 / batchnorm"


def resnet_names(counts: Sequence[int], widening: int) -> tuple[str, ...]:
    """conv1, pool1, conv2_1a, conv2_1b, …, conv2_1: the layers of a block, its projection, and their sum."""
    names, channels = ["conv1", "pool1"], 64
    for stage, count in enumerate(counts):
        for block in range(count):
            name, wide = f"conv{stage + 2}_{block + 1}", 64 * 2**stage * widening
            names += [f"{name}{part}" for part in ("abc" if widening > 1 else "ab")]
            names += [f"{name}p"] if channels != wide else []
            names.append(name)
            channels = wide
    return (*names, "avgpool", "output")


def squeezenet() -> str:
    """The engine's text, a module a line."""
    return SQUEEZENET.replace(f" / {SQUEEZENET_POOL}", f" / {SQUEEZENET_POOL}\n").replace("\n / ", "\n")


def squeezenet_names() -> tuple[str, ...]:
    """As in the photo view: conv1, pool1, fire2.squeeze, fire2.expand1x1, fire2.expand3x3, fire2.concat, …"""
    names = ["conv1", "pool1"]
    for n in FIRES:
        names += [f"fire{n}.{part}" for part in ("squeeze", "expand1x1", "expand3x3", "concat")]
        names += POOL_BEHIND.get(n, ())
    return (*names, "conv10", "logits")
