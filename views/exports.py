"""What a view shows, to be used elsewhere: the present step as LaTeX, the call as a NumPy program, all arrays as .npz or JSON.

Every number comes out of the trace, and so out of the engine. And its address as a QR code, for the phones in the hall.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import latex
from .settings import SettingError
from .state import Download
from .trace import Column, Texts, Trace, column_array

VALUES = "_values"  # how the sources end that hold the true numbers of a grid
LIBRARIES = {"convoscope": "call", "numpy": "call_numpy", "pytorch": "call_pytorch", "keras": "call_keras"}  # by fact
LARGEST_MATRIX = 20  # rows or columns: a larger one fits no page
LONGEST_ADDRESS = 1200  # characters: a code for more is too fine for a phone at the back of the hall


@dataclass(frozen=True)
class ShownStep:
    """One step of what a view shows."""

    view: str
    settings: Mapping[str, Any]
    trace: Trace
    step: int
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)  # by name: lesson.arrays
    library: str = "convoscope"  # that a program is written for: a name in LIBRARIES

    @property
    def sentence(self) -> str:
        """What is said at this step."""
        return self.trace.sentences[self.step]

    def grids(self) -> dict[str, np.ndarray]:
        """The view's grids of numbers by name: (rows, columns) each."""
        found = {}
        for source, columns in self.trace.static.items():
            if source.endswith(VALUES) and {"row", "column", "value"} <= set(columns):
                row, column, value = (column_array(columns[name]).ravel() for name in ("row", "column", "value"))
                grid = np.full((int(row.max()) + 1, int(column.max()) + 1), np.nan) if row.size else np.zeros((0, 0))
                grid[row, column] = value
                found[source.removesuffix(VALUES)] = grid
        return found

    def cells(self) -> dict[str, float]:
        """Every number of the grids by its name, such as output[0, 3]."""
        places = ((name, grid, place) for name, grid in self.grids().items() for place in np.ndindex(grid.shape))
        return {f"{name}[{row}, {column}]": float(grid[row, column]) for name, grid, (row, column) in places}


def export(shown: ShownStep, kind: Any) -> Download:
    """The file of that kind. Raises SettingError for an unknown kind, and for one that this view cannot give."""
    if kind not in KINDS:
        raise SettingError(f"there is no export called “{str(kind)[:20]}”; the exports are {', '.join(KINDS)}")
    media, make = KINDS[kind]
    return Download(f"convoscope-{shown.view}-step-{shown.step}.{kind}", media, make(shown))


def as_latex(shown: ShownStep) -> bytes:
    """The grids as bmatrix and the step's arithmetic, each as a formula of its own; needs amsmath."""
    grids = shown.grids()
    blocks = [f"% Convoscope, {shown.view}, step {shown.step + 1} of {len(shown.trace)}; needs \\usepackage{{amsmath}}"]
    fitting = {name: grid for name, grid in grids.items() if max(grid.shape) <= LARGEST_MATRIX}
    widest = max((grid.shape[1] for grid in fitting.values()), default=0)
    if widest > latex.USUAL_COLUMNS:
        blocks.append(f"\\setcounter{{MaxMatrixCols}}{{{widest}}}")
    for name, grid in grids.items():
        if name in fitting:
            blocks.append(latex.matrix(name, grid.tolist()))
        else:
            blocks.append(f"% {name}: {grid.shape[0]} by {grid.shape[1]} numbers are too many for a matrix")
    left, equals, right = shown.sentence.partition(" = ")
    if equals and "×" in right and "×" not in left:
        blocks.append(latex.arithmetic(left, right, shown.cells()))
    else:
        blocks.append(latex.sentence(shown.sentence))
    return ("\n".join(blocks) + "\n").encode()


def as_program(shown: ShownStep) -> bytes:
    """The program that computes what is shown, for the library that is wanted; it runs as it stands."""
    facts = shown.trace.facts
    if "call" not in facts:
        raise SettingError(f"the view {shown.view} does not show a single call; export npz or json")
    there = [library for library, fact in LIBRARIES.items() if fact in facts]
    if shown.library not in there:
        raise SettingError(f"there is no program for “{shown.library[:20]}” here; choose {', '.join(there)}")
    return f"# Convoscope, {shown.view}\n{facts[LIBRARIES[shown.library]]}\n".encode()


def as_json(shown: ShownStep) -> bytes:
    """Settings, grids, sentence and everything drawn at this step, as text that any language reads."""
    whole = {
        "view": shown.view,
        "settings": shown.settings,
        "step": shown.step,
        "steps": len(shown.trace),
        "sentence": shown.sentence,
        "facts": shown.trace.facts,
        "grids": {
            name: [[None if np.isnan(cell) else cell for cell in row] for row in grid.tolist()]
            for name, grid in shown.grids().items()
        },
        "drawn": shown.trace.at(shown.step),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def as_npz(shown: ShownStep) -> bytes:
    """The grids and the view's own arrays by name, and the animation as static.<source>.<column> and steps.<source>.<column>.

    Networks have activations.<layer>, weights.<parameter> and, in training, gradients.<layer or parameter>.
    """
    arrays = {**shown.grids(), **shown.arrays}
    for part, sources in (("static", shown.trace.static), ("steps", shown.trace.steps)):
        for source, columns in sources.items():
            arrays |= {f"{part}.{source}.{name}": _array(column) for name, column in columns.items()}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


KINDS: dict[str, tuple[str, Callable[[ShownStep], bytes]]] = {
    "tex": ("application/x-tex", as_latex),
    "py": ("text/x-python", as_program),
    "json": ("application/json", as_json),
    "npz": ("application/zip", as_npz),
}


def _array(column: Column) -> np.ndarray:
    return np.array(column.tolist(), dtype=np.str_) if isinstance(column, Texts) else column_array(column)


def qr_code(address: Any) -> Download:
    """The address as an SVG. Raises SettingError for what is no address or too long."""
    if not isinstance(address, str) or not address or len(address) > LONGEST_ADDRESS:
        raise SettingError(f"a QR code holds an address of 1 to {LONGEST_ADDRESS} characters; share the link instead")
    import segno  # here, because few pages ask for it

    file = io.BytesIO()
    segno.make_qr(address, error="l").save(file, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False)
    return Download("convoscope-qr.svg", "image/svg+xml", file.getvalue())
