"""The numbers of one layer in the network text: which is which, and whether it is a number in its range."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence

from .layer_specs import Shape
from .network_calls import LayerTextError, bare, is_passed_over, same_padding
from .network_words import HINTS, KINDS, LAYERS, NUMBERS, OWN_KINDS, LayerNumbers, LayerWord
from .shapes import Pair

_WHOLE = re.compile(r"[0-9]{1,10}")
_DECIMAL = re.compile(r"([0-9]{1,9}\.?[0-9]{0,9}|\.[0-9]{1,9})(e-?[0-9]{1,2})?")


def unknown_layer(word: str) -> str:
    """Say that a word names no layer, and what may have been meant."""
    if word in HINTS:
        return HINTS[word]
    if word[:1].isdigit() or any(word == own or word in number.aliases for own, number in NUMBERS.items()):
        return f"'{word[:40]}' belongs to a layer; write it on the line of its layer, for example '{LAYERS['conv'].example}'"
    near = difflib.get_close_matches(word, KINDS, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"for example '{LAYERS['conv'].example}'"
    return f"'{word[:40]}' is not a layer; the layers are {', '.join(OWN_KINDS)}; {hint}"


def read_numbers(
    layer: LayerWord, positional: Sequence[str], named: Sequence[tuple[str, str]], *, is_call: bool, input_shape: Shape
) -> LayerNumbers:
    """Find out what each word behind a layer's kind means. Raises LayerTextError.

    is_call: conv2d(1, 8, 3, 2) names no option, conv 8 3 stride 2 does; named: those with a sign of equality.
    """
    for word in (*positional, *(name for name, _ in named)):
        if KINDS.get(word) in LAYERS:
            raise LayerTextError(f"'{word}' begins a layer of its own; put '/' or a line break before it")
    pairs = _by_place(layer, positional, named) if is_call else _by_name(layer, positional)
    numbers: LayerNumbers = {"input_shape": input_shape}
    for name, word in [*pairs, *named]:
        known = _known(layer, name)
        if known is None and is_call and is_passed_over(name, word, input_shape):
            continue
        if known is None or known in numbers:
            raise LayerTextError(_unexpected(layer, name))
        if is_call and bare(word) in ("none", "valid"):  # as if it were not there
            continue
        numbers[known] = "same" if known == "pad" and is_call and bare(word) == "same" else _number(layer, known, bare(word))
    if numbers.get("pad") == "same":
        numbers["pad"] = same_padding(layer, numbers, input_shape)
    if missing := [name for name in layer.required if name not in numbers]:
        which = f" (the {NUMBERS[missing[0]].noun})" if len(numbers) > 1 else ""
        raise LayerTextError(f"a number is missing{which}; write for example '{layer.example}'")
    _check_inputs(layer, numbers, input_shape)
    return numbers


def _by_name(layer: LayerWord, words: Sequence[str]) -> list[tuple[str, str]]:
    """The numbers of 'conv 8 5x5 pad 2': first those that every such layer has, then each behind its name."""
    count, rest = len(layer.required), words[len(layer.required) :]
    pairs = list(zip(layer.required, words, strict=False))
    for place, name in enumerate(rest[::2]):
        if _known(layer, name) is None or _known(layer, name) in layer.required:
            raise LayerTextError(_unexpected(layer, name))
        if 2 * place + 1 == len(rest):
            raise LayerTextError(f"a number is missing behind '{name}'; write for example '{layer.example}'")
    return pairs + list(zip(rest[::2], rest[1::2], strict=True)) if len(words) > count else pairs


def _by_place(layer: LayerWord, words: Sequence[str], named: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The numbers of conv2d(1, 8, 3), PyTorch's, or of conv2d(8, 3), Keras's."""
    if not layer.required and list(words) == ["true"]:  # nn.ReLU(True): in place
        return []
    required_by_name = sum(_known(layer, name) in layer.required for name, _ in named)
    tells_inputs = layer.tells_inputs and len(words) + required_by_name > len(layer.required)
    names = (*(("inputs",) if tells_inputs else ()), *layer.required, *layer.options)
    if len(words) > len(names):
        raise LayerTextError(_unexpected(layer, words[len(names)]))
    return list(zip(names, words, strict=False))


def _known(layer: LayerWord, name: str) -> str | None:
    """The project's own word for the name of a number."""
    possible = (*layer.required, *layer.options, *(("inputs",) if layer.tells_inputs else ()))
    return next((own for own in possible if name == own or name in NUMBERS[own].aliases), None)


def _unexpected(layer: LayerWord, name: str) -> str:
    if name in HINTS:
        return HINTS[name]
    known = f"each of {', '.join(layer.options)} may stand there once" if layer.options else "nothing may follow"
    return f"'{name}' is not expected; {known}; write for example '{layer.example}'"


def _number(layer: LayerWord, name: str, word: str) -> int | float | Pair:
    """Read one bounded number: a whole one, a decimal one, or a pair."""
    number = NUMBERS[name]
    digits = word.split("x") if number.form == "pair" else [word]
    pattern = _DECIMAL if number.form == "decimal" else _WHOLE
    good = len(digits) <= 2 and all(pattern.fullmatch(part) for part in digits)
    values = [float(part) if number.form == "decimal" else int(part) for part in digits] if good else []
    if not values or not all(number.low <= value <= number.high for value in values):
        wanted = f"a number from {number.low} to {number.high} is wanted; write for example '{layer.example}'"
        raise LayerTextError(f"the {number.noun} is '{word}', but {wanted}")
    return (int(values[0]), int(values[-1])) if number.form == "pair" else values[0]


def _check_inputs(layer: LayerWord, numbers: LayerNumbers, shape: Shape) -> None:
    """Refuse a call that is written for another number of inputs than come in."""
    are_channels = "outputs" not in layer.required
    arriving = shape[0] if are_channels else math.prod(shape)
    if numbers.get("inputs", arriving) == arriving or (len(shape) == 3) != are_channels:
        return
    noun, verb = "input channels" if are_channels else "inputs", "comes" if arriving == 1 else "come"
    raise LayerTextError(
        f"it is read as ({', '.join(('inputs', *layer.required))}), which is written for {numbers['inputs']} {noun}, but "
        f"{arriving} {verb} in; write '{layer.make(numbers).text}'"
    )
