"""What calls of Keras and PyTorch say beside the numbers of a layer: padding='same', activation='relu', inplace=True.

An allow-list: what changes no number of the layer is passed over, what means something of the text's own is translated, and
anything else is refused with what to write instead.
"""

from __future__ import annotations

import re

from .layer_specs import LayerSpec, Shape
from .network_words import LayerNumbers, LayerWord
from .shapes import Pair

ACTIVATIONS = ("relu", "sigmoid", "tanh")
ANY: tuple[str, ...] = ()
HARMLESS = {  # options that change neither shapes nor counts, with the values that do not
    "inplace": ANY, "name": ANY, "dtype": ANY, "device": ANY, "data_format": ANY, "seed": ANY, "trainable": ANY,
    "kernel_initializer": ANY, "bias_initializer": ANY, "eps": ANY, "epsilon": ANY, "momentum": ANY, "axis": ANY,
    "padding_mode": ("zeros",), "start_dim": ("1",), "end_dim": ("-1",), "ceil_mode": ("false",), "dilation": ("1",),
    "return_indices": ("false",), "count_include_pad": ("true",), "divisor_override": ("none",), "affine": ("true",),
    "track_running_stats": ("true",), "scale": ("true",), "center": ("true",), "keepdims": ("false",),
}  # fmt: skip
INSTEAD = {"ceil_mode": "sizes are rounded down here; a pad of 1 may give the same size"}


class LayerTextError(ValueError):
    """What is wrong with one layer of a text; where it stands is said by network_text.py."""


def bare(word: str) -> str:
    """A word without quotation marks; True and False as 1 and 0."""
    word = word.strip("'\"")
    return {"true": "1", "false": "0"}.get(word, word)


def is_passed_over(name: str, word: str, input_shape: Shape) -> bool:
    """Whether an option changes nothing. Raises LayerTextError if it might, or names another input than there is."""
    word = word.strip("'\"")
    if name == "input_shape":
        check_input(word, input_shape)
        return True
    if name not in HARMLESS:
        return False
    if HARMLESS[name] and word not in HARMLESS[name]:
        raise LayerTextError(f"{name}={word} is not understood; {INSTEAD.get(name, f'write {name}={HARMLESS[name][0]}')}")
    return True


def check_input(text: str, input_shape: Shape) -> None:
    """Refuse a text that is written for another input. text: its (rows, columns, channels), as Keras has them."""
    rows_first = [int(number) for number in re.findall(r"[0-9]{1,6}", text)]
    if rows_first and rows_first != [*input_shape[1:], input_shape[0]]:
        written, given = "×".join(map(str, rows_first)), "×".join(map(str, (*input_shape[1:], input_shape[0])))
        raise LayerTextError(
            f"it is written for an input of {written}, but the input chosen is {given} (rows, columns, channels); choose "
            "that input beside the text, or change it here"
        )


def take_activation(positional: list[str], named: list[tuple[str, str]]) -> str:
    """Take the activation out of a call's words: Dense(3, 'relu') or Dense(3, activation='relu'). -> what is written, or ""."""
    found = [word for name, word in named if name == "activation"]
    named[:] = [pair for pair in named if pair[0] != "activation"]
    if positional and positional[-1][:1] in ("'", '"') and positional[-1].strip("'\"") in (*ACTIVATIONS, "softmax", "linear"):
        found.append(positional.pop())
    return found[0] if found else ""


def activation_behind(word: str, spec: LayerSpec) -> tuple[LayerSpec, ...]:
    """The layer that activation='relu' stands for; none for 'linear'. word: what is written."""
    name = word.strip("'\"").rpartition(".")[2]
    if name in ("", "none", "linear"):
        return ()
    if name in ACTIVATIONS:
        return (LayerSpec(kind=name),)
    if name == "softmax":
        raise LayerTextError(f"softmax belongs to the loss; write '{spec.text}' without it")
    raise LayerTextError(f"the activation '{name[:40]}' is not one of {', '.join(ACTIVATIONS)}; write one of these")


def same_padding(layer: LayerWord, numbers: LayerNumbers, input_shape: Shape) -> Pair:
    """The pad that padding='same' means: output size = input size / stride, rounded up. Raises LayerTextError if uneven."""
    if len(input_shape) != 3 or "size" not in numbers:
        return (0, 0)
    stride: Pair = numbers.get("stride") or ((1, 1) if "filters" in numbers else numbers["size"])
    dilation: Pair = numbers.get("dilation") or (1, 1)
    totals = [
        max((-(-size // step) - 1) * step + gap * (kernel - 1) + 1 - size, 0)
        for size, kernel, step, gap in zip(input_shape[1:], numbers["size"], stride, dilation, strict=True)
    ]
    if any(total % 2 for total in totals):
        one, other = totals[0] // 2, -(-totals[0] // 2)
        raise LayerTextError(
            f"padding='same' puts {one} rows of zeros above and {other} below; write as many on both sides, for example "
            f"'{layer.example.split(' pad')[0]} pad {other}'"
        )
    return totals[0] // 2, totals[1] // 2
