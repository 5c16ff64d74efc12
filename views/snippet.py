"""The engine's call for the present settings, as Python that runs as it stands: pasted into a notebook it prints the output.

Small images are written out number by number, large ones are loaded from where the page has them. Numbers are exact:
a ninth is written 1/9, any other fraction with all its digits.
"""

from __future__ import annotations

import base64
import functools
import zlib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from .programs.numpy_functions import SLIDING, needs_sliding, sources

LARGEST_BOTTOM = 100  # of a fraction that is written with a bar
MOST_WRITTEN = 150  # numbers of an array that are written out
LINE = 110  # characters of a compressed array in one line


def program(engine: Iterable[str], *blocks: str, more: Iterable[str] = ()) -> str:
    """A whole program. engine: what it imports from convoscope.engine; more: further import lines; blocks: its statements."""
    imports = ["import numpy as np", f"from convoscope.engine import {', '.join(sorted(engine))}", *more]
    return "\n".join(imports) + "\n\n" + "\n".join(blocks)


def calls(
    engine: Iterable[str], image: str, *blocks: str, more: Iterable[str] = (), pixels: np.ndarray | None = None
) -> dict[str, str]:
    """A program that calls the engine, and one that runs with NumPy alone, as facts of a trace.

    image: the statement that makes x; pixels: the numbers of x, if that statement needs what only convoscope has.
    """
    names = list(engine)
    own = image if pixels is None else packed("x", pixels)
    return {"call": program(names, image, *blocks, more=more), "call_numpy": numpy_alone(names, own, *blocks)}


def numpy_alone(functions: Iterable[str], *blocks: str) -> str:
    """A whole program with the sources of these functions of the engine, which needs NumPy and nothing else."""
    written, body = sources(functions), "\n".join(blocks)
    imports = ["import base64", "import zlib", ""] if "b85decode" in body else []
    imports += ["import numpy as np", *([SLIDING] if needs_sliding(written) else []), ""]
    return "\n".join([*imports, *(["", written, ""] if written else []), body])


def packed(name: str, values: np.ndarray) -> str:
    """A statement that makes the array: its numbers written out, of a large one compressed. values: any shape."""
    whole = np.ascontiguousarray(values, np.float64)
    if whole.size <= MOST_WRITTEN:
        return array(name, whole)
    return f"{name} = {_packed(whole.tobytes(), whole.shape)}"


@functools.lru_cache(4)
def _packed(values: bytes, shape: tuple[int, ...]) -> str:
    """An expression for an array: pixels as bytes, other numbers whole."""
    whole = np.frombuffer(values)
    small = whole.astype(np.uint8)
    kind, data = ("uint8", small.tobytes()) if (small == whole).all() else ("float64", values)
    text = base64.b85encode(zlib.compress(data, 9)).decode()
    lines = [f'    "{text[start : start + LINE]}"' for start in range(0, len(text), LINE)]
    numbers = "\n".join(["np.frombuffer(zlib.decompress(base64.b85decode(", *lines, f")), np.{kind}).reshape{shape}"])
    return numbers + (".astype(float)" if kind == "uint8" else "")


def array(name: str, values: np.ndarray, comment: str = "") -> str:
    """A statement that makes the array, row by row. values: any shape."""
    head = f"{name} = np.array([" + (f"  # {comment}" if comment else "")
    whole = np.ascontiguousarray(values, np.float64)
    return "\n".join([head, *_written(whole.tobytes(), whole.shape), "], dtype=float)"])


@functools.lru_cache(4)
def _written(values: bytes, shape: tuple[int, ...]) -> list[str]:
    """The lines of an array. An image seldom changes, and its 784 numbers take long to write."""
    return [line for part in np.frombuffer(values).reshape(shape) for line in _lines(part, "    ")]


def _lines(values: np.ndarray, indent: str) -> list[str]:
    if values.ndim < 2:
        row = ", ".join(number(value) for value in values.ravel().tolist())
        return [f"{indent}[{row}]," if values.ndim else f"{indent}{row},"]
    return [f"{indent}[", *(line for part in values for line in _lines(part, indent + "    ")), f"{indent}],"]


def call(function: str, *arguments: str, usual: Mapping[str, Any], **chosen: Any) -> str:
    """An expression that calls the function with what differs from the usual; a pair of equals is written once."""
    keywords = [f"{name}={_plain(value)}" for name, value in chosen.items() if _plain(value) != _plain(usual[name])]
    return f"{function}({', '.join([*arguments, *keywords])})"


def digit(index: int) -> tuple[str, list[str]]:
    """The statement that loads an MNIST digit as x (28, 28), and the imports that it needs."""
    return f"x, label = digit({index}, DiskFiles())", [*_FILES, "from convoscope.views.images import digit"]


def grey_photo(name: str, size: int) -> tuple[str, list[str]]:
    """The statement that loads a photograph in grey as x (size, size), and the imports that it needs."""
    return f'x = grey_photo("{name}", {size}, DiskFiles())', [*_FILES, "from convoscope.views.images import grey_photo"]


def own_picture(shape: tuple[int, ...]) -> str:
    """The statement that loads the user's own picture as x of that shape; nobody else has the file."""
    size = "×".join(map(str, shape))
    return f'x = np.load("picture.npy")  # your own picture, which only you have: {size} numbers in 0..255'


_FILES = ("from convoscope.views.files import DiskFiles",)


def number(value: float) -> str:
    """A number as Python reads it back exactly: 3, -1, 1/9, 0.1."""
    if value == int(value):
        return str(int(value))
    if len(shortest := repr(value)) <= 6:
        return shortest
    fraction = Fraction(value).limit_denominator(LARGEST_BOTTOM)
    return f"{fraction.numerator}/{fraction.denominator}" if fraction.numerator / fraction.denominator == value else shortest


def _plain(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return _plain(value[0]) if len(set(value)) == 1 else f"({', '.join(map(_plain, value))})"
    if isinstance(value, str):
        return f'"{value}"'
    return number(value)
