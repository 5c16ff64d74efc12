"""What the ops should give, worked out another way: plain loops, and slopes measured by two forward passes."""

import numpy as np

STEP = 1e-4  # long enough against rounding, short enough against curvature; kinks are kept ten steps away


def slope_error(function, grad_x, x, grad_out, rng):
    """Compare grad_x with the measured slope of function along one random direction. -> relative error.

    function: x -> array; grad_out: what stands before it in the chain rule, same shape as function(x).
    """
    direction = rng.uniform(-1, 1, x.shape)
    change = np.asarray(function(x + STEP * direction)) - np.asarray(function(x - STEP * direction))
    measured = float((change * grad_out).sum()) / (2 * STEP)
    claimed = float((grad_x * direction).sum())
    size = abs(measured) + abs(claimed)
    return abs(measured - claimed) / size if size > 1e-9 else 0.0


def pool_loops(x, grad_out, kernel_size, stride, padding, kind):
    """Pool one window at a time, and hand grad_out back. -> out (N, C, oH, oW), grad_x (N, C, H, W)."""
    edge = -np.inf if kind == "max" else 0.0
    (kH, kW), (sH, sW), (pH, pW) = kernel_size, stride, padding
    padded = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)), constant_values=edge)
    grad_padded, out = np.zeros(padded.shape), np.zeros(grad_out.shape)
    for n, c, i, j in np.ndindex(out.shape):
        best, winner, total = -np.inf, None, 0.0
        for k, m in np.ndindex(kH, kW):
            place = (n, c, i * sH + k, j * sW + m)
            total += padded[place]
            if padded[place] > best:  # a later equal does not win
                best, winner = padded[place], place
            if kind == "mean":
                grad_padded[place] += grad_out[n, c, i, j] / (kH * kW)
        if kind == "max":
            grad_padded[winner] += grad_out[n, c, i, j]
        out[n, c, i, j] = best if kind == "max" else total / (kH * kW)
    return out, grad_padded[:, :, pH : pH + x.shape[2], pW : pW + x.shape[3]]


def far_from_ties(rng, shape):
    """Numbers that all differ by at least a hundredth and are that far from 0, in random order."""
    count = int(np.prod(shape))
    ladder = 0.01 * (np.arange(count) - count // 2) + 0.005
    return rng.permutation(ladder).reshape(shape)
