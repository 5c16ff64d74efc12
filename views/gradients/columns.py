"""The sources of the gradients view (what stays, what the steps change, where each grid stands), and the facts beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .. import grid
from ..arrangement import PALE, Area, Arrangement, Spot, both, captions, letter_height, numbered
from ..grid import Coordinates, joined
from ..numbers import write
from ..pointing import Pointed, pointing
from ..stops import first_of_each
from ..trace import Columns, Sentences, Sources, Texts, Trace
from .layer_pass import ARRANGEMENTS, CARD, CARD_PART, CELL_GROUPS, ROLES, SGD_HEADLINE, Grid, LayerPass, LayerStep
from .settings import OWN_LOSS, GradientsSettings

ABOVE = 0.5  # from a grid up to the middle of its title
LARGER = 1.35  # the letters of the result, in heights of the others
ARRIVING = (
    "grad_out is d J / d output, as the layers behind send it: J = Σ grad_out × output. Below x stands d J / d x, and so on."
)
BEGINNING = "A loss is where the backward pass begins: no gradient comes from behind, d loss / d loss is 1."
CHECK = " ✓ = a numerical check agrees: moving the number a little and computing J anew gives the same slope."
NOTES = {
    "convolution": "grad_weight: every weight adds up the pixels that it met, times grad_out. grad_x: a full correlation, the "
    "kernel turned by 180° slides over grad_out with zeros around it{between}. grad_bias: the sum of grad_out.",
    "max_pooling": "Each window hands its whole gradient to the pixel that won it; of equal pixels the first in row order "
    "wins, as in PyTorch, so that the way back is unique. All other pixels get 0.{overlap}",
    "average_pooling": "Each window shares its gradient equally among its {pixels} pixels, whatever their values.{overlap}",
    "relu": "Where x > 0 the gradient passes, where x < 0 it stops. At x = 0 the function has a kink: every slope from 0 to 1 "
    "is a subgradient. 0 is chosen, as in PyTorch: then what outputs 0 learns nothing, on either side.",
    "linear": "flatten lays the feature maps out as one row; its backward folds the gradients back: numbers only move. "
    "grad_weight: a weight's input times its output's gradient. grad_flat: an input adds up what all outputs send back.",
    "softmax": "p − y: the gradient pushes the score of the right class up and all others down, each by its probability. "
    "They add up to 0. Taking the largest logit off changes no probability and keeps exp from overflowing.",
    "network": "new = old − {rate} × gradient, for all 21 parameters at once. It has no biases, so that it fits one drawing.",
}


def trace_of(layer: LayerPass, facts: Mapping[str, str]) -> Trace:
    """The whole animation."""
    values = {f"{name}_values": grid.values(np.nan_to_num(one.values)) for name, one in layer.grids.items()}
    boxes = {f"{its.name}_boxes": pointing(_pointed(layer, its), len(layer.steps)) for its in ARRANGEMENTS}
    sentences = Sentences("{}", Texts.of_steps([[step.sentence] for step in layer.steps]))
    told = first_of_each([step.head.partition("[")[0] for step in layer.steps])  # of each array
    return Trace({**still(layer), **values, **boxes}, moving(layer), sentences, facts, told)


def still(layer: LayerPass) -> Sources:
    """What no step changes: the grids and their titles, curves, and the places of words."""
    grids = [[one for one in layer.grids.values() if one.group == group] for group in range(CELL_GROUPS)]
    return {
        **{f"cells_{group}": _cells(its, layer.decimals) for group, its in enumerate(grids)},
        "captions": captions(ARRANGEMENTS, lambda its: _captions(layer, its)),
        "curves": _curves(layer),
        "words": both(ARRANGEMENTS, lambda its: its.words([place[its.number] for place in layer.words])),
        "result": both(ARRANGEMENTS, lambda its: its.words([place[its.number] for place in layer.result], LARGER)),
    }


def moving(layer: LayerPass) -> Sources:
    """What the steps change."""
    words = [[*(step.head, *step.products.titles, "", "", "")[: len(layer.words)]] for step in layer.steps]
    return {
        "covers": both(ARRANGEMENTS, lambda its: _covers(layer, its)),
        "card": _card(layer.steps),
        "words": {"text": Texts.of_steps(words)},
        "result": {"text": Texts.of_steps([(step.result, step.badge) for step in layer.steps])},
        "arrows": both(ARRANGEMENTS, lambda its: _arrows(layer, its)),
        "marks": _marks(layer),
        "closeup": _closeup(layer),
    }


def _closeup(layer: LayerPass) -> Coordinates:
    """The part of the wide drawing that each step is about: its card, or the grids that it marks. -> x, y, w, h (T, 1)."""
    parts = [_around(layer, step) if layer.words is SGD_HEADLINE else CARD_PART for step in layer.steps]
    return ARRANGEMENTS[0].rectangles(*np.array(parts).T[:, :, np.newaxis])


def _around(layer: LayerPass, step: LayerStep) -> Area:
    """What a step's grids cover with their titles. -> left, top, width, height."""
    slots = [layer.grids[mark.grid].slots[0] for mark in step.marks]
    left, top = min(slot.left for slot in slots) - 0.3, min(slot.top for slot in slots) - 1
    right, bottom = max(slot.left + slot.width for slot in slots), max(slot.top + slot.height for slot in slots)
    return left, top, right - left + 0.3, bottom - top + 0.3


def _cells(grids: Sequence[Grid], decimals: int) -> Columns:
    """All cells of some grids with their rings, with one size of letters."""
    drawn = [one.drawn for one in grids]
    limits = [PALE * grid.limit_of(np.nan_to_num(values)) for values in drawn]

    def spots(its: Arrangement) -> list[Spot]:
        return [one.slots[its.number].spot(values.shape) for one, values in zip(grids, drawn, strict=True)]

    return numbered(ARRANGEMENTS, drawn, spots, limits, lambda values: grid.written(values, decimals))


def _captions(layer: LayerPass, its: Arrangement) -> list[tuple[str, float, float]]:
    """The title above each grid, and other words."""
    rooms = [(one.title, one.slots[its.number]) for one in layer.grids.values()]
    titles = [(title, slot.left, slot.top - ABOVE) for title, slot in rooms]
    return [*titles, *((text, *slots[its.number].point(*place)) for slots, place, text in layer.captions)]


def _curves(layer: LayerPass) -> Columns:
    def place(its: Arrangement) -> Coordinates:
        rooms = [(slots[its.number], start, end) for slots, start, end, _ in layer.curves]
        return its.segments([slot.point(*start) for slot, start, _ in rooms], [slot.point(*end) for slot, _, end in rooms])

    return {"role": np.array([ROLES.index(role) for *_, role in layer.curves], np.float32), **both(ARRANGEMENTS, place)}


def _covers(layer: LayerPass, its: Arrangement) -> Coordinates:
    """Two rectangles over the cells of each hidden grid that are not computed yet. -> x, y, w, h (T, 2·grids)."""
    now, covers = np.arange(len(layer.steps))[:, np.newaxis], []
    for name, one in layer.grids.items():
        if name in layer.spans:
            begin, end = layer.spans[name]
            # One step may compute several cells; the cells come in row order all the same.
            computed = (now - begin + 1).clip(0, end - begin) * one.values.size // (end - begin)
            rows, columns = np.divmod(computed - 1, one.values.shape[1])
            covers.append(its.cover(one.spot(its), rows, columns, (one.values.shape[0], one.values.shape[1])))
    return joined(covers)


def _card(steps: Sequence[LayerStep]) -> Columns:
    """The cells of the card: three grids as large as the largest; what a step does not fill is NaN. -> columns (T, n)."""
    grids = [(t, k, one) for t, step in enumerate(steps) for k, one in enumerate(step.products.grids)]
    shapes = [*dict.fromkeys(one.shape for *_, one in grids)]
    values = np.full((len(steps), len(CARD), max((one.size for *_, one in grids), default=0)), np.nan)
    which = np.full(values.shape[:2], len(shapes))  # of the shapes, or none
    for t, k, one in grids:
        values[t, k, : one.size] = one.ravel()
        which[t, k] = shapes.index(one.shape)
    limits = np.fmax.reduce(np.abs(values), axis=2, initial=0, keepdims=True)
    shade = np.nan_to_num(values / (PALE * np.where(limits, limits, 1)))
    text = grid.written(values.reshape(len(steps), -1))

    def place(its: Arrangement) -> Coordinates:
        places = _card_places(shapes, its, values.shape[2])[:, which, np.arange(len(CARD))]
        smallest = min((slots[its.number].spot(shape).cell for shape in shapes for slots in CARD), default=its.width)
        size = np.full(text.codes.shape, letter_height(text, smallest / its.width), np.float32)
        return dict(zip("xywh", places.reshape(4, len(steps), -1), strict=True)) | {"size": size}

    return {"text": text, "shade": shade.reshape(len(steps), -1).astype(np.float32), **both(ARRANGEMENTS, place)}


def _card_places(shapes: Sequence[tuple[int, ...]], its: Arrangement, cells: int) -> np.ndarray:
    """x, y, w, h of a grid of each shape in each place of the card; last those of no grid. -> (4, shapes + 1, 3, cells)."""
    places = np.full((4, len(shapes) + 1, len(CARD), cells), np.nan, np.float32)
    for s, shape in enumerate(shapes):
        rows, columns = np.indices(shape).reshape(2, -1)
        for k, slots in enumerate(CARD):
            rectangles = its.cells(slots[its.number].spot(shape), rows, columns)
            places[:, s, k, : rows.size] = [rectangles[name] for name in "xywh"]
    return places


def _marks(layer: LayerPass) -> Columns:
    """The frames of each step; as many as the step with the most has. -> columns (T, n)."""
    order = [*layer.grids]
    most = max(len(step.marks) for step in layer.steps)
    table = np.full((len(layer.steps), most, 6), np.nan)  # grid, row, column, height, width, role
    for t, step in enumerate(layer.steps):
        for n, mark in enumerate(step.marks):
            table[t, n] = order.index(mark.grid), mark.row, mark.column, mark.height, mark.width, ROLES.index(mark.role)
    which, row, column, height, width, role = np.moveaxis(table, 2, 0)
    index = np.nan_to_num(which).astype(int)

    def place(its: Arrangement) -> Coordinates:
        spots = [one.spot(its) for one in layer.grids.values()]
        left, top, cell = np.array([(spot.left, spot.top, spot.cell) for spot in spots]).T[:, index]
        return its.rectangles(left + column * cell, top + row * cell, width * cell, height * cell)

    return {"role": role.astype(np.float32), **both(ARRANGEMENTS, place)}


def _arrows(layer: LayerPass, its: Arrangement) -> Coordinates:
    """From one mark to another, from edge to edge. -> x, y, x1, y1 (T, n)."""
    most = max(len(step.arrows) for step in layer.steps)
    ends = np.full((len(layer.steps), most, 2, 2), np.nan)  # left and top of both ends
    for t, step in enumerate(layer.steps):
        for k, marks in enumerate(step.arrows):
            spots = [layer.grids[mark.grid].spot(its) for mark in marks]
            cells = np.array([[mark.column + 0.5, mark.row + 0.5] for mark in marks])
            sides = np.array([[spot.cell] for spot in spots])
            middles = np.array([[spot.left, spot.top] for spot in spots]) + cells * sides
            way = middles[1] - middles[0]
            to_edge = way / max(np.abs(way).max(), 1e-9) / 2
            ends[t, k] = middles + sides * np.array([to_edge, -to_edge])
    return its.segments(ends[:, :, 0], ends[:, :, 1])


def _pointed(layer: LayerPass, its: Arrangement) -> list[Pointed]:
    """Where each grid stands, so that pointing finds its cells."""
    firsts = {name: first for name, (first, _) in layer.spans.items()}
    return [
        Pointed(f"{name}_values", one.title, its.area(one.spot(its), one.values.shape), firsts.get(one.leads_to or name, -1))
        for name, one in layer.grids.items()
    ]


def facts_of(settings: GradientsSettings, layer: LayerPass) -> dict[str, str]:
    """Short texts about the whole, by the name under which the page shows them."""
    stride, window, rate = settings.stride, settings.window, write(float(settings.learning_rate))
    sizes = {name: "×".join(map(str, one.values.shape)) for name, one in layer.grids.items()}
    shapes = {
        "convolution": "x {x}, kernel {weight}, output {output}",
        "relu": "x, mask and output {x}",
        "linear": f"x 2×2×2 → 8 → {len(settings.biases[0])} outputs",
        "softmax": f"{len(settings.logits[0])} classes, label {settings.label}",
        "network": f"6×6 → convolution 3×3 → ReLU → max-pool 2×2 → 3 classes, learning rate {rate}",
    }
    shape = shapes.get(settings.layer, f"x {{x}}, windows {window}×{window}, output {{output}}").format(**sizes)
    note = NOTES[settings.layer].format(
        between=f", {stride - 1} between its cells" if stride > 1 else "",
        overlap=" Windows that overlap add up." if stride < window else "",
        pixels=window**2,
        rate=rate,
    )
    source = (BEGINNING if settings.layer in OWN_LOSS else ARRIVING) + CHECK
    return {**{its.name: shape for its in ARRANGEMENTS}, "size": note, "source": source}
