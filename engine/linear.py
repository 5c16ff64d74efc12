"""Fully-connected layers: every output sees every input.

    out[n, o] = bias[o] + Σ_i weight[o, i] · x[n, i]

flatten turns the feature maps of a convolution into the rows that linear reads.
"""

from __future__ import annotations

import numpy as np

from .backend import matrix_product
from .checks import check_floats, check_rank, check_same_shape
from .shapes import Array, ShapeError


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Weigh and add all inputs. x: (N, I), weight: (O, I), bias: (O,) -> (N, O)."""
    _check(x, weight, bias)
    out = matrix_product(x, weight.T)
    return out if bias is None else out + bias


def linear_backward(grad_out: Array, x: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Send the gradient back. grad_out: (N, O) -> grad_x: (N, I), grad_weight: (O, I), grad_bias: (O,)."""
    _check(x, weight, None)
    check_rank(grad_out, "grad_out", 2, "(N, O)")
    check_same_shape(grad_out, "grad_out", (x.shape[0], weight.shape[0]), "the output of linear")
    return matrix_product(grad_out, weight), matrix_product(grad_out.T, x), grad_out.sum(axis=0)


def flatten(x: Array) -> Array:
    """Lay each image out as one row, channel by channel, row by row. x: (N, C, H, W) -> (N, C·H·W)."""
    _check_images(x)
    return x.reshape(x.shape[0], -1)


def flatten_backward(grad_out: Array, x: Array) -> Array:
    """Fold each row back into an image. grad_out: (N, C·H·W) -> grad_x: (N, C, H, W)."""
    _check_images(x)
    check_rank(grad_out, "grad_out", 2)
    check_same_shape(grad_out, "grad_out", (x.shape[0], x[0].size), "the output of flatten")
    return grad_out.reshape(x.shape)


def _check_images(x: Array) -> None:
    check_floats(x, "x")
    if x.ndim < 2:
        raise ShapeError(f"x has shape {x.shape}, but a batch (N, C, H, W) is wanted; add the batch axis with x[None]")


def _check(x: Array, weight: Array, bias: Array | None) -> None:
    check_rank(x, "x", 2, "(N, I)")
    check_rank(weight, "weight", 2, "(O, I)")
    if x.dtype != weight.dtype:
        raise ValueError(f"x is {x.dtype} but weight is {weight.dtype}; try weight.astype(x.dtype)")
    if x.shape[1] != weight.shape[1]:
        raise ShapeError(
            f"x has {x.shape[1]} features but weight expects {weight.shape[1]}; "
            f"give a weight of shape ({weight.shape[0]}, {x.shape[1]}), or flatten the right layer"
        )
    if bias is not None:
        check_floats(bias, "bias")
        if np.shape(bias) != weight.shape[:1]:
            raise ShapeError(
                f"bias has shape {bias.shape} but there are {weight.shape[0]} outputs; "
                f"give one number per output, shape ({weight.shape[0]},), or bias=None"
            )
