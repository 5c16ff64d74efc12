"""What every public op asks of its arrays before it computes.

A bad input raises ShapeError or ValueError with a sentence: what came, what was wanted, what to try. These checks,
the scan for NaN and infinity included, stand at the public functions (conv2d, relu, ...). The plans of fast.py, where
training passes thousands of times a minute, check shapes but never scan values: there the trainer watches the loss.
"""

from __future__ import annotations

import math

import numpy as np

from .shapes import Array, ShapeError

LETTERS = {
    2: "(N, features)",
    3: "(C, H, W)",
    4: "(N, C, H, W)",
}


def check_floats(array: Array, name: str) -> None:
    """Refuse what is not a non-empty array of finite float32 or float64. array: any shape."""
    if not isinstance(array, np.ndarray):
        kind = type(array).__name__
        raise ValueError(f"{name} is a {kind}, but a NumPy array is wanted; try np.array({name}, float)")
    if array.dtype not in (np.float32, np.float64):
        raise ValueError(
            f"{name} holds {array.dtype} numbers, but float32 or float64 is wanted; try {name}.astype(np.float32)"
        )
    if array.size == 0:
        raise ShapeError(f"{name} has shape {array.shape} and so holds nothing; give at least one image and one pixel")
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{name}{list(where)} is {array[where]}, but every number must be finite; "
            f"look for a division by zero or a diverged training, or try np.nan_to_num({name})"
        )


def check_rank(array: Array, name: str, rank: int, letters: str = "") -> None:
    """Refuse a wrong number of axes, then what check_floats refuses. array: any shape, letters: '(N, C, H, W)'."""
    wanted = letters or LETTERS[rank]
    if isinstance(array, np.ndarray) and array.ndim != rank:
        missing = rank - array.ndim
        hint = f"add an axis with {name}[None]" if missing > 0 else f"take one entry with {name}[0]"
        raise ShapeError(f"{name} has shape {array.shape}, but {wanted} is wanted, that is {rank} axes; {hint}")
    check_floats(array, name)


def check_filters(x: Array, weight: Array, bias: Array | None, groups: int) -> None:
    """Refuse filters that do not fit the images. x: (N, C, H, W), weight: (F, C/groups, kH, kW), bias: (F,) or None."""
    check_rank(x, "x", 4)
    check_rank(weight, "weight", 4, "(F, C, kH, kW)")
    check_filter_shapes(x, weight, bias, groups)
    if bias is not None:
        check_floats(bias, "bias")


def check_groups(channels: int, filters: int, groups: int) -> None:
    """Refuse a number of groups that does not divide channels and filters."""
    if isinstance(groups, bool) or not isinstance(groups, int) or groups < 1:
        raise ShapeError(f"groups is {groups!r}, but a whole number of at least 1 is wanted; try groups=1")
    if channels % groups or filters % groups:
        raise ShapeError(
            f"{_count(channels, 'channel')} and {_count(filters, 'filter')} cannot be divided into {groups} equal groups; "
            f"try groups={math.gcd(channels, filters, groups)}, or numbers that {groups} divides"
        )


def check_filter_shapes(x: Array, weight: Array, bias: Array | None, groups: int = 1) -> None:
    """Refuse a mismatch of channels or bias; looks at shapes only. x: (N, C, H, W), weight: (F, C/groups, kH, kW)."""
    if groups != 1:
        check_groups(x.shape[1], weight.shape[0], groups)
        if x.shape[1] != groups * weight.shape[1]:
            raise ShapeError(
                f"the image has {_count(x.shape[1], 'channel')} in {groups} groups, but the filters expect "
                f"{weight.shape[1]} in each; use filters with {_count(x.shape[1] // groups, 'kernel')} each"
            )
    elif x.shape[1] != weight.shape[1]:
        raise ShapeError(
            f"the image has {_count(x.shape[1], 'channel')} but the filters expect {weight.shape[1]}; use filters with "
            f"{_count(x.shape[1], 'kernel')} each or convert the image to {_count(weight.shape[1], 'channel')}"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ShapeError(
            f"bias has shape {bias.shape} but there are {_count(weight.shape[0], 'filter')}; "
            f"give one number per filter, shape ({weight.shape[0]},), or bias=None"
        )


def check_same_shape(array: Array, name: str, shape: tuple[int, ...], meaning: str) -> None:
    """Refuse a gradient whose shape is not that of the value it belongs to. array: shape."""
    if array.shape != shape:
        raise ShapeError(
            f"{name} has shape {array.shape}, but {meaning} has shape {shape}; "
            f"a gradient has the shape of its value: pass the one that came with this forward call"
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def check_image(image: Array) -> None:
    """Refuse what is not one grey image of finite floats. image: (H, W)."""
    check_floats(image, "image")
    if image.ndim != 2:
        raise ShapeError(
            f"image has shape {image.shape}, but one grey image (H, W) is wanted; take one channel or the mean of the channels"
        )
