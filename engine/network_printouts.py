"""Programs and printouts of Keras and PyTorch as one layer a line, which network_text.py then reads. Nothing is run.

    Sequential(                        model = keras.Sequential([               Model: "sequential"
      (0): Conv2d(1, 32, ...)            layers.Conv2D(32, 3),                   conv2d (Conv2D)   (None, 26, 26, 32)   320
      (1): ReLU()                        layers.ReLU(),                          ...
    )                                  ])

What holds layers in a row (Sequential, the class whose printout it is) is taken off, and so are names before a layer, comments,
imports and Input(...). What says no order of its layers is refused.
"""

from __future__ import annotations

import re

from .layer_specs import Shape
from .network_calls import LayerTextError, check_input
from .network_tables import layers_of_table, table_rows
from .network_words import KINDS

_COMMENT = re.compile(r"#.*")
_LABEL = re.compile(r"\s*\((\w{1,60})\): ?")  # (conv1): of PyTorch's printouts
_NAME = re.compile(r"\s*(?:self\.)?\w{1,60} ?= ?(?=[A-Za-z][\w.]{0,60} ?\()")  # self.conv1 = ...
_ADDED = re.compile(r"\s*\w{1,60}\.add\((.*)\)\s*")  # model.add(...)
_APPLIED = re.compile(r"(\s*[A-Za-z][\w.]{0,60}\(.*\))\(\w{1,60}\)\s*")  # layers.Dense(10)(x)
_HOLDER = re.compile(r"\s*(?:return )?((?:\w{1,60}\.)*(\w{1,60})) ?\( ?\[?\s*|\s*\[\s*")
_END = re.compile(r"\s*[\])]{1,9},?\s*")
_INPUT = re.compile(r"\s*(?:\w{1,60}\.)*Input(?:Layer)?\((.*)\),?\s*")
_ACTIVATION = re.compile(r"(?:\w{1,60}\.)*Activation\(['\"](\w{1,40})['\"]\)")
_LEFT_OUT = re.compile(
    r"\s*(?:import |from |class |super\(|def __init__|print\(|x = inputs$|torch\.zeros\(|(?:\w{1,60}\.)?summary\(|"
    r"(?:keras\.)?Model\(|(?:\w{1,60}\.)*Permute\(\(3, 1, 2\)\))"  # which only sorts what flatten lays out
)
_WHOLE = re.compile(r"\s*(?:\w{1,60} ?= ?)?(?:\w{1,60}\.)*[Ss]equential ?\( ?\[?")
ROWS = ("sequential", "modulelist")  # what holds layers in a row wherever it stands


class PrintoutError(ValueError):
    """A program or printout that does not say how its layers follow each other; the message says what to write instead."""


def plain_text(text: str, input_shape: Shape) -> str:
    """The text without what stands around its layers. input_shape: (C, H, W) of the input chosen. Raises PrintoutError."""
    try:
        if rows := table_rows(text):
            return layers_of_table(rows, input_shape)
        return "\n".join(_Lines(input_shape).read(_inside_sequential(text)))
    except LayerTextError as error:
        raise PrintoutError(str(error)) from None


def _inside_sequential(text: str) -> str:
    """What stands between the parentheses of nn.Sequential(...), if that is the whole text."""
    begin, end = _WHOLE.match(text), text.rstrip()
    if not begin or not end.endswith(")"):
        return text
    return end[begin.end() : -1].rstrip().removesuffix("]")


class _Lines:
    """Takes off what stands around layers, line by line."""

    def __init__(self, input_shape: Shape) -> None:
        self.input_shape = input_shape
        self.holders = 0  # how many are open
        self.depth = 0  # of the parentheses of a layer that goes over several lines

    def read(self, text: str) -> list[str]:
        """The lines that are left."""
        lines = text.splitlines()
        return [line for number, raw in enumerate(lines) for line in self._read_line(raw, lines[number + 1 :])]

    def _read_line(self, raw: str, following: list[str]) -> list[str]:
        line = _COMMENT.sub("", raw)
        if self.depth:
            return self._layer(line)
        line = _NAME.sub("", _LABEL.sub("", line, count=1), count=1)
        if "def forward" in line or "def call" in line:
            raise PrintoutError(
                "the order of a class with forward() is in its code, which is not run; write one layer a line, or paste what "
                "print(model) shows of an nn.Sequential"
            )
        if _LEFT_OUT.match(line):
            return []
        if (given := _INPUT.fullmatch(line)) or (given := _INPUT.fullmatch(line.rpartition("=")[2])):
            check_input(given[1], self.input_shape)
            return []
        if self._opens(line, following):
            self.holders += 1
            return []
        if self.holders and _END.fullmatch(line):
            self.holders -= 1
            return []
        if applied := _APPLIED.fullmatch(line) or _ADDED.fullmatch(line):
            line = applied[1]
        return self._layer(_ACTIVATION.sub(r"\1", line))

    def _layer(self, line: str) -> list[str]:
        """A line of a layer, which may go on in the next line."""
        self.depth = max(0, self.depth + line.count("(") - line.count(")")) if "|" not in line else 0
        return [line]

    def _opens(self, line: str, following: list[str]) -> bool:
        """Whether a line opens what holds layers in a row. Raises PrintoutError for a block that joins its layers otherwise."""
        found = _HOLDER.fullmatch(line)
        name = (found[2] or "list") if found else ""
        if not found or name.lower() in KINDS:
            return False
        is_printout = any(_LABEL.match(one) for one in following[:1])
        if name == "list" or name.lower() in ROWS or (is_printout and not self.holders):
            return True
        if is_printout:
            raise PrintoutError(
                f"the printout does not say how a {name[:40]} joins its layers; write it as branches, for example "
                "'add(conv 64 3x3 pad 1 / relu / conv 64 3x3 pad 1 | identity)'"
            )
        return False
