"""What a program for NumPy alone needs of the engine, as source: functions with the engine's names, arguments and shapes.

They are texts, because the browser's package holds no sources to copy from. tests/views/test_programs.py runs each of them
against the engine's.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

SLIDING = "from numpy.lib.stride_tricks import sliding_window_view"
FUNCTIONS = {
    "pair": '''\
def pair(value):
    """One number for rows and columns, or (rows, columns)."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)
''',
    "padded": '''\
def padded(x, padding, value=0.0):
    """Put rings around each image. x: (N, C, H, W)."""
    (rows, columns) = pair(padding)
    return np.pad(x, ((0, 0), (0, 0), (rows, rows), (columns, columns)), constant_values=value)
''',
    "windows_of": '''\
def windows_of(x, kernel_size, stride=1, dilation=1):
    """All windows of each image. x: (N, C, H, W) -> (N, C, oH, oW, kH, kW)."""
    (kH, kW), (sH, sW), (dH, dW) = pair(kernel_size), pair(stride), pair(dilation)
    windows = sliding_window_view(x, (dH * (kH - 1) + 1, dW * (kW - 1) + 1), axis=(2, 3))
    return windows[:, :, ::sH, ::sW, ::dH, ::dW]
''',
    "conv2d": '''\
def conv2d(x, weight, bias=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Slide every filter over x. x: (N, C, H, W), weight: (F, C / groups, kH, kW), bias: (F,) -> (N, F, oH, oW)."""
    windows = windows_of(padded(x, padding), weight.shape[2:], stride, dilation)
    parts = zip(np.split(windows, groups, axis=1), np.split(weight, groups))
    out = np.concatenate([np.tensordot(part, filters, axes=((1, 4, 5), (1, 2, 3))) for part, filters in parts], axis=3)
    return np.moveaxis(out if bias is None else out + bias, 3, 1)
''',
    "conv_transpose2d": '''\
def conv_transpose2d(x, weight, bias=None, *, stride=1, padding=0, output_padding=0, dilation=1):
    """Put zeros between the cells, slide the turned kernels over them. x: (N, C, H, W), weight: (C, F, kH, kW)."""
    (sH, sW), (pH, pW), (dH, dW), (kH, kW) = pair(stride), pair(padding), pair(dilation), weight.shape[2:]
    between = np.zeros((*x.shape[:2], (x.shape[2] - 1) * sH + 1, (x.shape[3] - 1) * sW + 1))
    between[:, :, ::sH, ::sW] = x
    more = pair(output_padding)
    rows, columns = ((d * (k - 1) - p, d * (k - 1) - p + m) for d, k, p, m in zip((dH, dW), (kH, kW), (pH, pW), more))
    framed = np.pad(between, ((0, 0), (0, 0), rows, columns))
    return conv2d(framed, weight.swapaxes(0, 1)[:, :, ::-1, ::-1], bias, dilation=dilation)
''',
    "conv1d": '''\
def conv1d(x, weight, bias=None, *, stride=1, padding=0, dilation=1):
    """Slide every filter along x. x: (N, C, L), weight: (F, C, K); causal padding stands before the signal."""
    around = (dilation * (weight.shape[2] - 1), 0) if padding == "causal" else pair(padding)
    framed = np.pad(x, ((0, 0), (0, 0), around))
    return conv2d(framed[:, :, np.newaxis], weight[:, :, np.newaxis], bias, stride=(1, stride), dilation=(1, dilation))[:, :, 0]
''',
    "spread": '''\
def spread(pieces, x, kernel_size, stride, padding, dilation=1):
    """Add to each pixel what its windows send back. pieces: (N, C, oH, oW, kH, kW) -> like x (N, C, H, W)."""
    (kH, kW), (sH, sW), (pH, pW), (dH, dW) = (pair(value) for value in (kernel_size, stride, padding, dilation))
    oH, oW = pieces.shape[2:4]
    grad = np.zeros((*x.shape[:2], x.shape[2] + 2 * pH, x.shape[3] + 2 * pW))
    for i in range(kH):
        for j in range(kW):
            rows = slice(i * dH, i * dH + sH * (oH - 1) + 1, sH)
            columns = slice(j * dW, j * dW + sW * (oW - 1) + 1, sW)
            grad[:, :, rows, columns] += pieces[:, :, :, :, i, j]
    return grad[:, :, pH : pH + x.shape[2], pW : pW + x.shape[3]]
''',
    "conv2d_backward": '''\
def conv2d_backward(grad_out, x, weight, *, stride=1, padding=0, dilation=1):
    """Send the gradient back. grad_out: (N, F, oH, oW) -> grad_x like x, grad_weight like weight, grad_bias (F,)."""
    windows = windows_of(padded(x, padding), weight.shape[2:], stride, dilation)
    grad_weight = np.tensordot(grad_out, windows, axes=((0, 2, 3), (0, 2, 3)))
    pieces = np.moveaxis(np.tensordot(grad_out, weight, axes=(1, 0)), 3, 1)
    return spread(pieces, x, weight.shape[2:], stride, padding, dilation), grad_weight, grad_out.sum(axis=(0, 2, 3))
''',
    "max_pool2d": '''\
def max_pool2d(x, kernel_size, *, stride=None, padding=0):
    """Take the maximum of each window. x: (N, C, H, W) -> (N, C, oH, oW)."""
    return windows_of(padded(x, padding, -np.inf), kernel_size, stride or kernel_size).max(axis=(4, 5))
''',
    "max_pool2d_backward": '''\
def max_pool2d_backward(grad_out, x, kernel_size, *, stride=None, padding=0):
    """Hand each gradient to the first maximum of its window. grad_out: (N, C, oH, oW) -> grad_x like x."""
    windows = windows_of(padded(x, padding, -np.inf), kernel_size, stride or kernel_size)
    flat = windows.reshape(*windows.shape[:4], -1)
    first = np.arange(flat.shape[4]) == flat.argmax(axis=4)[..., np.newaxis]
    pieces = (first * grad_out[..., np.newaxis]).reshape(windows.shape)
    return spread(pieces, x, kernel_size, stride or kernel_size, padding)
''',
    "avg_pool2d": '''\
def avg_pool2d(x, kernel_size, *, stride=None, padding=0):
    """Take the mean of each window. x: (N, C, H, W) -> (N, C, oH, oW)."""
    return windows_of(padded(x, padding), kernel_size, stride or kernel_size).mean(axis=(4, 5))
''',
    "avg_pool2d_backward": '''\
def avg_pool2d_backward(grad_out, x, kernel_size, *, stride=None, padding=0):
    """Share each gradient equally among its window. grad_out: (N, C, oH, oW) -> grad_x like x."""
    kH, kW = pair(kernel_size)
    pieces = np.broadcast_to(grad_out[..., np.newaxis, np.newaxis] / (kH * kW), (*grad_out.shape, kH, kW))
    return spread(pieces, x, kernel_size, stride or kernel_size, padding)
''',
    "global_avg_pool2d": '''\
def global_avg_pool2d(x):
    """Take the mean of each map. x: (N, C, H, W) -> (N, C)."""
    return x.mean(axis=(2, 3))
''',
    "sliding_windows": '''\
def sliding_windows(x, kernel_size):
    """All windows of each image. x: (N, C, H, W) -> (N, C, oH, oW, kH, kW)."""
    return windows_of(x, kernel_size)
''',
    "local_response_norm": '''\
def local_response_norm(x, size, *, alpha=1e-4, beta=0.75, k=1.0):
    """Divide each cell by a power of its neighbours' squares, channel by channel. x: (N, C, H, W) -> the same."""
    squares = np.pad(x * x, ((0, 0), (size // 2, (size - 1) // 2), (0, 0), (0, 0)))
    sums = sum(squares[:, c : c + x.shape[1]] for c in range(size))
    return x * (k + alpha / size * sums) ** -beta
''',
    "batch_norm": '''\
def batch_norm(x, scale, shift, mean, variance, *, epsilon=1e-5):
    """Each channel less its mean, divided by its deviation, scaled and shifted. x: (N, C, ...) -> the same."""
    by_channel = (-1, *[1] * (x.ndim - 2))
    factor = scale / np.sqrt(variance + epsilon)
    return x * factor.reshape(by_channel) + (shift - mean * factor).reshape(by_channel)
''',
    "linear": '''\
def linear(x, weight, bias=0.0):
    """Weigh every input for every output. x: (N, inputs), weight: (outputs, inputs) -> (N, outputs)."""
    return x @ weight.T + bias
''',
    "linear_backward": '''\
def linear_backward(grad_out, x, weight):
    """Send the gradient back. grad_out: (N, outputs) -> grad_x like x, grad_weight like weight, grad_bias (outputs,)."""
    return grad_out @ weight, grad_out.T @ x, grad_out.sum(axis=0)
''',
    "flatten": '''\
def flatten(x):
    """Lay each image out as one row. x: (N, C, H, W) -> (N, C·H·W)."""
    return x.reshape(len(x), -1)
''',
    "flatten_backward": '''\
def flatten_backward(grad_out, x):
    """Give the gradient the shape of x again."""
    return grad_out.reshape(x.shape)
''',
    "relu": '''\
def relu(x):
    """max(x, 0), cell by cell."""
    return np.maximum(x, 0)
''',
    "relu_backward": '''\
def relu_backward(grad_out, x):
    """Hand the gradient on where x was above 0."""
    return grad_out * (x > 0)
''',
    "sigmoid": '''\
def sigmoid(x):
    """1 / (1 + exp(-x)), cell by cell, without overflow."""
    return np.exp(-np.logaddexp(0, -x))
''',
    "tanh": '''\
def tanh(x):
    """The hyperbolic tangent, cell by cell."""
    return np.tanh(x)
''',
    "softmax": '''\
def softmax(logits):
    """Turn each row of scores into probabilities. logits: (N, K) -> (N, K)."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
''',
    "cross_entropy": '''\
def cross_entropy(logits, labels):
    """The mean of -log(probability of the label). logits: (N, K), labels: (N,)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels])
''',
    "cross_entropy_backward": '''\
def cross_entropy_backward(logits, labels):
    """(probabilities - one-hot) / N. logits: (N, K), labels: (N,) -> (N, K)."""
    return (softmax(logits) - np.eye(logits.shape[1])[labels]) / len(labels)
''',
    "cell_shares": '''\
def cell_shares(size, cell, votes):
    """How the votes of one axis are shared among its cells. -> (cells, size)."""
    place = (np.arange(size) + 0.5) / cell - np.arange(size // cell)[:, np.newaxis]
    return np.maximum(0, 1 - np.abs(place - 0.5)) if votes == "trilinear" else np.floor(place) == 0
''',
    "cell_histograms": '''\
def cell_histograms(image, *, cell=8, bins=9, votes="bilinear"):
    """The gradients of each cell by direction, a mean over its pixels. image: (H, W) -> (H // cell, W // cell, bins)."""
    rows, columns = np.zeros(image.shape), np.zeros(image.shape)
    rows[1:-1], columns[:, 1:-1] = image[2:] - image[:-2], image[:, 2:] - image[:, :-2]
    place = np.rad2deg(np.arctan2(rows, columns))[..., np.newaxis] % 180 % 180 * bins / 180
    away = np.abs(place - np.arange(bins) - 0.5)
    shared = np.maximum(0, 1 - np.minimum(away, bins - away))
    weighted = np.hypot(rows, columns)[..., np.newaxis] * (np.floor(place) == np.arange(bins) if votes == "nearest" else shared)
    down, across = (cell_shares(size, cell, votes) for size in image.shape)
    return np.einsum("rh,hwb,cw->rcb", down, weighted, across, optimize=True) / cell**2
''',
    "normalise_block": '''\
def normalise_block(block, norm="L2-Hys"):
    """Divide the numbers of each block by their norm. block: (..., n) -> (..., n)."""
    if norm in ("L1", "L1-sqrt"):
        shares = block / (np.abs(block).sum(axis=-1, keepdims=True) + 1e-5)
        return np.sqrt(shares) if norm == "L1-sqrt" else shares
    unit = block / np.sqrt(np.square(block).sum(axis=-1, keepdims=True) + 1e-10)
    return unit if norm == "L2" else normalise_block(np.minimum(unit, 0.2), "L2")
''',
    "hog": '''\
def hog(image, *, cell=8, bins=9, block=2, norm="L2-Hys", votes="bilinear"):
    """Histograms of oriented gradients. image: (H, W) -> (rows, columns of blocks, block * block * bins)."""
    histograms = cell_histograms(image, cell=cell, bins=bins, votes=votes)
    down, across = (size - block + 1 for size in histograms.shape[:2])
    parts = [histograms[r : r + down, c : c + across] for r in range(block) for c in range(block)]
    return normalise_block(np.concatenate(parts, axis=-1), norm)
''',
}


@functools.lru_cache(maxsize=8192)  # a view's program is written anew with every change, most of its lines as before
def calls(name: str, source: str) -> bool:
    """Whether a source calls the function of that name, and not one of a module."""
    return re.search(rf"(?<![\w.]){name}\(", source) is not None


def sources(names: Iterable[str]) -> str:
    """The sources of these functions and of those that they call, each once, in the order above."""
    return _sources(frozenset(names))


@functools.lru_cache(maxsize=64)
def _sources(names: frozenset[str]) -> str:
    needed = set(names)
    while more := {name for name in FUNCTIONS for one in needed if calls(name, FUNCTIONS[one])} - needed:
        needed |= more
    return "\n\n".join(FUNCTIONS[name] for name in FUNCTIONS if name in needed)


def needs_sliding(source: str) -> bool:
    """Whether a program with these sources imports SLIDING."""
    return "sliding_window_view(" in source
