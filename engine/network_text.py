"""The text form of a network: layers in a row, read without eval into specifications.

    conv 8 5x5 pad 2 / relu / maxpool 2 / flatten / linear 10

conv FILTERS SIZE, maxpool SIZE, avgpool SIZE, globalavgpool, lrn CHANNELS, batchnorm, linear OUTPUTS, dropout SHARE, relu,
sigmoid, tanh, flatten, identity. Behind a conv or a pooling may follow `stride N` and `pad N`, behind a conv also `dilation N`
and `groups N`, behind conv and linear `bias 0`, behind lrn `alpha A`, `beta B`, `k K`. Sizes are 5 or 5x3 (rows x columns).

A layer ends at a slash, an arrow (->), a semicolon or a line break. `dense` and `fc` mean linear, and a layer may be written
as a call of Keras or PyTorch: Conv2D(16, 3, activation="relu"), nn.Conv2d(1, 16, 3, padding=1), MaxPooling2D(2). Whole
programs and printouts of these are read too (network_printouts.py).

Branches stand in parentheses with bars between them; every branch gets the same input. concat puts their channels behind each
other, add adds them; identity hands the input on:

    conv 16 1x1 / relu / concat(conv 64 1x1 / relu | conv 64 3x3 pad 1 / relu)      a fire module
    add(conv 64 3x3 pad 1 / relu / conv 64 3x3 pad 1 | identity) / relu             a residual block
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .chain_specs import BranchesSpec, joined_shape
from .layer_specs import LayerSpec, Shape
from .network import Network
from .network_calls import LayerTextError, activation_behind, take_activation
from .network_numbers import read_numbers, unknown_layer
from .network_printouts import PrintoutError, plain_text
from .network_tokens import BAR, CLOSE, COMMA, END, EQUALS, OPEN, STOP, WORD, Token, normalised, tokens_of, word_of
from .network_words import BRANCH_EXAMPLES, KINDS, LAYERS
from .shapes import ShapeError

LONGEST_TEXT = 400  # characters of a network that is built
DEEPEST = 4  # branches in branches
LONGEST_QUOTE = 60  # characters of a layer in a message


class NetworkTextError(ValueError):
    """A text that is not a network; the message names the layer, what was wanted and what to try."""

    def __init__(self, message: str, specs: tuple[LayerSpec, ...] = ()) -> None:
        super().__init__(message)
        self.specs = specs  # of the layers before the one that is refused


@dataclass(frozen=True)
class Limits:
    """What a text may ask for. cells: of one image's largest feature maps."""

    characters: int
    layers: int
    parameters: float
    cells: float


BUILDING = Limits(LONGEST_TEXT, 30, 1_000_000, 200_000)  # what can be trained in a browser
COUNTING = Limits(20_000, 1_000, math.inf, math.inf)  # nothing is made: only the reading must end


def parse_network(
    text: str, input_shape: Shape, rng: np.random.Generator, *,
    pixel_offset: float = 0.0, dtype: npt.DTypeLike = np.float32,
) -> Network:
    """Build the network that the text names, with fresh weights. input_shape: (C, H, W). Raises NetworkTextError."""
    specs = parse_layers(text, input_shape, BUILDING)
    return Network.from_specs(specs, input_shape, rng, pixel_offset=pixel_offset, dtype=dtype)


def parse_layers(text: str, input_shape: Shape, limits: Limits = COUNTING) -> tuple[LayerSpec, ...]:
    """Read the text into specifications; nothing is built. input_shape: (C, H, W). Raises NetworkTextError.

    >>> [spec.kind for spec in parse_layers("conv 8 3x3 -> relu", (1, 28, 28))]
    ['conv', 'relu']
    """
    if len(text) > limits.characters:
        raise NetworkTextError(f"the text has {len(text)} characters but may have {limits.characters}; use fewer layers")
    try:
        text = normalised(plain_text(text, input_shape))
    except PrintoutError as error:
        raise NetworkTextError(str(error)) from None
    if not text.strip():
        raise NetworkTextError("the text is empty; write layers, for example 'flatten / linear 10'")
    tokens = tokens_of(text, KINDS)
    count = 1 + sum(token.kind in (END, BAR) for token in tokens)
    if count > limits.layers:
        raise NetworkTextError(f"the text has {count} layers but may have {limits.layers}; use fewer layers")
    return _Reader(text, tokens, limits).read_chain(tuple(input_shape))[0]


class _Reader:
    """Reads one token after the other, following the shape of one image."""

    def __init__(self, text: str, tokens: list[Token], limits: Limits) -> None:
        self.text, self.tokens, self.limits, self.at = text, tokens, limits, 0
        self.parameter_count = 0
        self.specs: list[LayerSpec] = []  # of the outermost chain, as far as it is read

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.at]

    def read_chain(self, shape: Shape, inside: str = "", depth: int = 0) -> tuple[tuple[LayerSpec, ...], Shape]:
        """Read layers until their branch or the text ends. inside: where they stand. -> specifications, what comes out."""
        specs = [] if depth else self.specs
        while True:
            place = f"{inside}layer {len(specs) + 1}"
            where = f"{place}, '{self._layer_text()}': "
            try:
                new = self._read_layer(place, shape, depth)
                for spec in new:
                    shape = self._checked(spec, shape)
                self._check_end(depth)
            except (LayerTextError, ShapeError) as error:
                raise NetworkTextError(f"{where}{error}", tuple(self.specs)) from None
            specs += new
            if self.token.kind != END:
                return tuple(specs), shape
            self.at += 1

    def _read_layer(self, place: str, shape: Shape, depth: int) -> list[LayerSpec]:
        """Read one layer, and the activation that a call of Keras may name. place: its number, for messages of its branches."""
        if self.token.kind in (END, STOP, BAR, CLOSE):
            raise LayerTextError(self._nothing(depth))
        kind = KINDS.get(word_of(self.token))
        if self.token.kind != WORD or kind is None:
            raise LayerTextError(unknown_layer(word_of(self.token)))
        self.at += 1
        if kind in BRANCH_EXAMPLES:
            return [self._read_branches(place, kind, shape, depth)]
        is_call = self.token.kind == OPEN
        positional, named = self._read_arguments(kind, is_call)
        activation = take_activation(positional, named)
        spec = LAYERS[kind].make(read_numbers(LAYERS[kind], positional, named, is_call=is_call, input_shape=shape))
        return [spec, *activation_behind(activation, spec)]

    def _read_branches(self, place: str, kind: str, shape: Shape, depth: int) -> LayerSpec:
        """Read '(chain | chain | ...)'."""
        example = f"write for example '{BRANCH_EXAMPLES[kind]}'"
        if self.token.kind != OPEN:
            raise LayerTextError(f"{kind} needs its branches in parentheses; {example}")
        if depth == DEEPEST:
            raise LayerTextError(f"branches stand in branches more than {DEEPEST} deep; use fewer")
        branches: list[tuple[LayerSpec, ...]] = []
        shapes: list[Shape] = []
        while self.token.kind in (OPEN, BAR):
            self.at += 1
            specs, out = self.read_chain(shape, f"{place}, branch {len(branches) + 1}, ", depth + 1)
            branches.append(specs)
            shapes.append(out)
        if self.token.kind != CLOSE:
            raise LayerTextError(f"the parenthesis of {kind} is not closed; {example}")
        self.at += 1
        if len(branches) < 2:
            raise LayerTextError(f"{kind} has one branch only; put | between two or more: {example}")
        joined_shape(kind, shapes)
        return BranchesSpec(kind=kind, branches=tuple(branches))

    def _read_arguments(self, kind: str, is_call: bool) -> tuple[list[str], list[tuple[str, str]]]:
        """Read what stands behind the kind. -> the words without a name, and those that one names: pad=2."""
        self.at += is_call
        positional: list[str] = []
        named: list[tuple[str, str]] = []
        while self.token.kind in (WORD, OPEN, COMMA, EQUALS):
            if self.token.kind == EQUALS:
                raise LayerTextError(f"'=' stands without a name before it; write for example '{LAYERS[kind].example}'")
            if self.token.kind == COMMA:
                self.at += 1
            elif self.token.kind == WORD and self.tokens[self.at + 1].kind == EQUALS:
                name = self.token.text
                self.at += 2
                named.append((name, self._read_value()))
            else:
                positional.append(self._read_value())
        if is_call and self.token.kind != CLOSE:
            raise LayerTextError(f"the parenthesis of {kind} is not closed; write for example '{LAYERS[kind].example}'")
        self.at += is_call
        return positional, named

    def _read_value(self) -> str:
        """Read a word, or (3, 5) as 3x5."""
        token = self.token
        self.at += token.kind in (WORD, OPEN)
        if token.kind != OPEN:
            return token.text if token.kind == WORD else ""
        words = []
        while self.token.kind in (WORD, COMMA):
            words += [self.token.text] if self.token.kind == WORD else []
            self.at += 1
        self.at += self.token.kind == CLOSE
        return "x".join(words)

    def _checked(self, spec: LayerSpec, shape: Shape) -> Shape:
        """What comes out of a layer, if it is not too large."""
        out = spec.output_shape(shape)
        if not isinstance(spec, BranchesSpec):  # those in branches are counted already
            self.parameter_count += spec.parameter_count(shape)
        if spec.reason_not_built and self.limits is BUILDING:
            raise LayerTextError(spec.reason_not_built)
        if self.parameter_count > self.limits.parameters:
            raise LayerTextError(
                f"the network would have {self.parameter_count:,} parameters, but {self.limits.parameters:,} are the most "
                "that can be trained here; use fewer filters or outputs, or pool before"
            )
        if math.prod(out) > self.limits.cells:
            raise LayerTextError(
                f"its output {out} has {math.prod(out):,} cells, but {self.limits.cells:,} are the most that can be "
                "trained here; use fewer filters, less padding or a larger stride"
            )
        return out

    def _check_end(self, depth: int) -> None:
        """Refuse what can neither go on with a layer nor end it."""
        token = self.token
        if token.kind == BAR and not depth:
            raise LayerTextError("'|' stands between branches only; write '/' between layers, or concat(... | ...)")
        if token.kind == CLOSE and not depth:
            raise LayerTextError("')' closes a parenthesis that was not opened; leave it out")
        if token.kind not in (END, STOP, BAR, CLOSE):
            raise LayerTextError(f"'{token.text}' is not expected; write '/' or a line break behind a layer")

    def _nothing(self, depth: int) -> str:
        """Say where a layer is missing."""
        if depth and self.token.kind != END:
            return "there is nothing in this branch; write a layer, or identity to hand the input on"
        sign, side = (self.token, "before") if self.token.kind != STOP else (self.tokens[self.at - 1], "behind")
        return f"there is nothing {side} '{sign.text.strip() or 'the line break'}'; write a layer there, for example 'relu'"

    def _layer_text(self) -> str:
        """The layer that begins here, as it is written."""
        depth, last = 0, self.at
        while self.tokens[last].kind != STOP and (depth or self.tokens[last].kind not in (END, BAR, CLOSE)):
            depth += {OPEN: 1, CLOSE: -1}.get(self.tokens[last].kind, 0)
            last += 1
        written = " ".join(self.text[self.token.start : self.tokens[last - 1].end].split()) if last > self.at else ""
        return written if len(written) <= LONGEST_QUOTE else f"{written[: LONGEST_QUOTE - 1]}…"
