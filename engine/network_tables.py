"""Tables that Keras (model.summary()) and torchsummary print, as layers: kernels follow from the numbers of parameters.

    conv2d (Conv2D)    (None, 26, 26, 32)    320        320 = kH·kW·1·32 + 32, so the kernel is 3×3

A table says neither activations nor strides: strides and padding are the least that give the printed sizes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from .layer_specs import Shape
from .network_calls import LayerTextError, check_input
from .network_words import KINDS, LAYERS, OWN_KINDS
from .shapes import Sliding

_KERAS = re.compile(r"\W{0,9}[\w/.]{1,60} \((\w{1,40})\)?\W{1,99}None, ([0-9, ]{1,40})\)\W{1,99}?([0-9][0-9,]{0,15})\W{0,99}")
_TORCH = re.compile(r"\s{0,99}(\w{1,40})-[0-9]{1,4}\s{1,99}\[-1, ([0-9, ]{1,40})\]\s{1,99}([0-9,]{1,15})\s{0,99}")
LEFT_OUT = ("dropout", "activation", "identity")  # they change no shape, and the table says no more of them
Row = tuple[str, Shape, int]  # its class, what comes out as (C, H, W) or (features,), its parameters


def table_rows(text: str) -> list[Row]:
    """The rows of a printed table, if the text is one."""
    if "param #" not in text.lower():
        return []
    rows: list[Row] = []
    for line in text.splitlines():
        keras, torch = _KERAS.fullmatch(line), _TORCH.fullmatch(line)
        if found := keras or torch:
            sizes = [int(size) for size in found[2].split(",") if size.strip()]
            shape = (sizes[-1], *sizes[:-1]) if keras else tuple(sizes)
            rows.append((found[1], shape, int(found[3].replace(",", ""))))
    return rows


def layers_of_table(rows: Sequence[Row], input_shape: Shape) -> str:
    """One layer a line. Raises LayerTextError for a row that no layer of the text explains."""
    lines, shape = [], tuple(input_shape)
    for name, out, parameters in rows:
        kind = KINDS.get(name.lower(), name.lower())
        if kind == "inputlayer":
            check_input(", ".join(map(str, (*out[1:], out[0]))), input_shape)
        elif kind not in LEFT_OUT:
            lines.append(_layer(name, kind, shape, out, parameters))
        shape = out
    return "\n".join(lines)


def _layer(name: str, kind: str, shape: Shape, out: Shape, parameters: int) -> str:
    """One row as the text writes it. shape: what comes in."""
    if kind == "linear":
        return f"linear {out[0]}" + ("" if parameters == out[0] * (math.prod(shape) + 1) else " bias 0")
    if kind in ("conv", "maxpool", "avgpool") and len(shape) == len(out) == 3:
        sides, bias = _kernels(kind, shape, out, parameters)
        if sliding := _fitting(sides, shape, out, preferred=kind != "conv"):
            return _sliding_text(kind, out[0], sliding, bias)
        raise LayerTextError(f"no kernel of {name} gives {parameters:,} parameters and this output; write it by hand")
    if kind in LAYERS and not LAYERS[kind].required:
        return kind
    raise LayerTextError(f"'{name[:40]}' of the table is not a layer here; the layers are {', '.join(OWN_KINDS)}")


def _kernels(kind: str, shape: Shape, out: Shape, parameters: int) -> tuple[Sequence[int], bool]:
    """The sides that a square kernel may have, and whether the filters have biases."""
    if kind != "conv":
        return (2, 3, 4, 5, 6, 7, 8), True
    for bias in (True, False):
        weights = parameters - bias * out[0]
        side = math.isqrt(max(0, weights) // (shape[0] * out[0]))
        if side and side * side * shape[0] * out[0] == weights:
            return (side,), bias
    return (), True


def _fitting(sides: Sequence[int], shape: Shape, out: Shape, *, preferred: bool) -> Sliding | None:
    """The first window that gives the printed size. preferred: a stride as long as the window, as poolings have."""
    for side in sides:
        for stride in (side, 2, 1) if preferred else (1, 2, 3, 4):
            for pad in sorted({0, (side - 1) // 2, side // 2}):
                sliding = Sliding(side, stride, pad)
                fits = all(size + 2 * pad >= side for size in shape[1:])
                if fits and sliding.output_sizes((shape[1], shape[2])) == out[1:]:
                    return sliding
    return None


def _sliding_text(kind: str, filters: int, sliding: Sliding, bias: bool) -> str:
    (side, _), (stride, _), (pad, _) = sliding.kernel_size, sliding.stride, sliding.padding
    usual = side if kind != "conv" else 1
    words = [kind, *([f"{filters} {side}x{side}"] if kind == "conv" else [str(side)])]
    words += [f"stride {stride}"] if stride != usual else []
    return " ".join([*words, *([f"pad {pad}"] if pad else []), *([] if bias else ["bias 0"])])
