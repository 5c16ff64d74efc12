"""The sources of the gradients view: what stays, what the steps change, where each grid stands, and its true values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .. import grid
from ..trace import Sentences, Texts, Trace
from .board import Board, Grid, Step
from .pieces import Box, Columns, both, corner, joined, letter_height, point, points, rectangles, texts_of, written
from .places import CARD, CELL_GROUPS, ROLES, SCENES, Scene

PALE = 1.7  # times the largest value: colours help the numbers and leave them readable
ABOVE = 0.5  # from a grid up to the middle of its title
LARGER = 1.35  # the letters of the result, in heights of the others


def trace_of(board: Board) -> Trace:
    """The whole animation."""
    static = still(board) | {f"{name}_values": grid.values(np.nan_to_num(one.values)) for name, one in board.grids.items()}
    static |= {f"{scene.name}_boxes": _boxes(board, n) for n, scene in enumerate(SCENES)}
    sentences = Texts.of([step.sentence for step in board.steps])
    told = Sentences("{}", Texts(sentences.table, sentences.codes[:, np.newaxis]))
    return Trace(static, moving(board), told, board.facts)


def still(board: Board) -> dict[str, Columns]:
    """What no step changes: the grids and their titles, curves, and the places of words."""
    groups = [[one for one in board.grids.values() if one.group == group] for group in range(CELL_GROUPS)]
    cells = {f"cells_{group}": _cells(grids, board.decimals) for group, grids in enumerate(groups)}
    return cells | {
        "captions": _captions(board),
        "curves": _curves(board),
        "words": both(lambda n, scene: points(scene, [place[n] for place in board.words], 1)),
        "result": both(lambda n, scene: points(scene, [place[n] for place in board.result], LARGER)),
    }


def moving(board: Board) -> dict[str, Columns]:
    """What the steps change."""
    words = [(step.head, *step.card.titles, *[""] * (len(board.words) - 1 - len(step.card.titles))) for step in board.steps]
    results = [(step.result, step.badge) for step in board.steps]
    return {
        "covers": both(lambda n, scene: _covers(board, n, scene)),
        "card": _card(board.steps),
        "words": {"text": texts_of(words)},
        "result": {"text": texts_of(results)},
        "arrows": both(lambda n, scene: _arrows(board, n, scene)),
        "marks": _marks(board),
    }


def _cells(grids: Sequence[Grid], decimals: int) -> Columns:
    """All cells of some grids, with one size of letters."""
    drawn = [one.drawn for one in grids]
    text = written(np.concatenate([np.zeros(0), *(values.ravel() for values in drawn)]), decimals)
    shades = [np.nan_to_num(grid.shade(values.ravel(), PALE * grid.limit_of(np.nan_to_num(values)))) for values in drawn]

    def place(n: int, scene: Scene) -> Box:
        boxes, cells = [rectangles(scene, np.zeros(0), 0, 0, 0)], [scene.width]
        for one, values in zip(grids, drawn, strict=True):
            rows, columns = np.indices(values.shape).reshape(2, -1)
            slot, cell = one.slots[n], one.slots[n].cell(values.shape)
            boxes.append(rectangles(scene, slot.left + columns * cell, slot.top + rows * cell, cell, cell))
            cells.append(cell)
        found = joined(boxes)
        return found | {"size": np.full(len(found["x"]), letter_height(text, min(cells), scene), np.float32)}

    return {"text": text, "shade": np.concatenate([np.zeros(0, np.float32), *shades])} | both(place)


def _captions(board: Board) -> Columns:
    """The title above each grid, and other words."""
    texts = [one.title for one in board.grids.values()] + [caption.text for caption in board.captions]

    def place(n: int, scene: Scene) -> Box:
        titles = [(one.slots[n].left, one.slots[n].top - ABOVE) for one in board.grids.values()]
        others = [point(caption.slots[n], *caption.place) for caption in board.captions]
        return points(scene, [*titles, *others], 1)

    return {"text": Texts.of(texts)} | both(place)


def _curves(board: Board) -> Columns:
    def place(n: int, scene: Scene) -> Box:
        ends = [[*point(one.slots[n], *one.start), *point(one.slots[n], *one.end)] for one in board.curves]
        x, y, x1, y1 = np.array(ends, np.float64).reshape(-1, 4).T
        found = {"x": x, "y": scene.height - y, "x1": x1, "y1": scene.height - y1}
        return {name: column.astype(np.float32) for name, column in found.items()}

    return {"role": np.array([ROLES.index(one.role) for one in board.curves], np.float32)} | both(place)


def _covers(board: Board, n: int, scene: Scene) -> Box:
    """Two rectangles a hidden grid: the rest of the present row, and the rows below it. -> x, y, w, h (T, 2·grids)."""
    now, found = np.arange(len(board.steps))[:, np.newaxis], [rectangles(scene, np.zeros((len(board.steps), 0)), 0, 0, 0)]
    for one in board.grids.values():
        begin, end = one.hidden
        if begin == end:
            continue
        (height, width), slot, cell = one.values.shape, one.slots[n], one.slots[n].cell(one.drawn_shape)
        # Several steps may compute one cell, or one step several; the cells come in row order all the same.
        computed = (now - begin + 1).clip(0, end - begin) * one.values.size // (end - begin)
        row, column = computed // width, computed % width
        left, top = slot.left + one.ring[1] * cell, slot.top + one.ring[0] * cell
        rest, below = np.where(row < height, width - column, 0), (height - 1 - row).clip(0)
        found.append(rectangles(scene, left + column * cell, top + row * cell, rest * cell, (row < height) * cell))
        found.append(rectangles(scene, left, top + (row + 1) * cell, width * cell * (below > 0), below * cell))
    return joined(found)


def _card(steps: Sequence[Step]) -> Columns:
    """The cells of the card: three grids as large as the largest; what a step does not fill is NaN. -> columns (T, n)."""
    grids = [(t, k, one) for t, step in enumerate(steps) for k, one in enumerate(step.card.grids)]
    shapes = [*dict.fromkeys(one.shape for *_, one in grids)]
    values = np.full((len(steps), len(CARD), max((one.size for *_, one in grids), default=0)), np.nan)
    which = np.full(values.shape[:2], len(shapes))  # of the shapes, or none
    for t, k, one in grids:
        values[t, k, : one.size] = one.ravel()
        which[t, k] = shapes.index(one.shape)
    limits = np.fmax.reduce(np.abs(values), axis=2, initial=0, keepdims=True)
    shade = np.nan_to_num(values / (PALE * np.where(limits, limits, 1)))
    text = written(values.reshape(len(steps), -1))

    def place(n: int, scene: Scene) -> Box:
        places = _card_places(shapes, n, scene, values.shape[2])[:, which, np.arange(len(CARD))]
        smallest = min((slots[n].cell(shape) for shape in shapes for slots in CARD), default=scene.width)
        size = np.full(text.codes.shape, letter_height(text, smallest, scene), np.float32)
        return dict(zip("xywh", places.reshape(4, len(steps), -1), strict=True)) | {"size": size}

    return {"text": text, "shade": shade.reshape(len(steps), -1).astype(np.float32)} | both(place)


def _card_places(shapes: Sequence[tuple[int, ...]], n: int, scene: Scene, cells: int) -> np.ndarray:
    """x, y, w, h of a grid of each shape in each place of the card; last those of no grid. -> (4, shapes + 1, 3, cells)."""
    found = np.full((4, len(shapes) + 1, len(CARD), cells), np.nan, np.float32)
    for s, (height, width) in enumerate(shapes):
        rows, columns = np.indices((height, width)).reshape(2, -1)
        for k, slots in enumerate(CARD):
            slot, cell = slots[n], slots[n].cell((height, width))
            box = rectangles(scene, slot.left + columns * cell, slot.top + rows * cell, cell, cell)
            found[:, s, k, : rows.size] = [box[name] for name in "xywh"]
    return found


def _marks(board: Board) -> Columns:
    """The frames of each step; as many as the step with the most has. -> columns (T, n)."""
    order = [*board.grids]
    most = max(len(step.marks) for step in board.steps)
    table = np.full((len(board.steps), most, 6), np.nan)  # grid, row, column, height, width, role
    for t, step in enumerate(board.steps):
        for n, mark in enumerate(step.marks):
            table[t, n] = order.index(mark.grid), mark.row, mark.column, mark.height, mark.width, ROLES.index(mark.role)
    which, row, column, height, width, role = np.moveaxis(table, 2, 0)
    index = np.nan_to_num(which).astype(int)

    def place(n: int, scene: Scene) -> Box:
        left, top, cell = np.array([corner(one, n) for one in board.grids.values()]).T[:, index]
        return rectangles(scene, left + column * cell, top + row * cell, width * cell, height * cell)

    return {"role": role.astype(np.float32)} | both(place)


def _arrows(board: Board, n: int, scene: Scene) -> Box:
    """From one mark to another, from edge to edge. -> x, y, x1, y1 (T, n)."""
    most = max(len(step.arrows) for step in board.steps)
    found = np.full((len(board.steps), most, 4), np.nan, np.float32)
    for t, step in enumerate(board.steps):
        for k, ends in enumerate(step.arrows):
            middles, cells = [], []
            for mark in ends:
                left, top, cell = corner(board.grids[mark.grid], n)
                middles.append(np.array([left + (mark.column + 0.5) * cell, scene.height - top - (mark.row + 0.5) * cell]))
                cells.append(cell)
            way = middles[1] - middles[0]
            to_edge = way / max(np.abs(way).max(), 1e-9) / 2
            found[t, k] = *(middles[0] + cells[0] * to_edge), *(middles[1] - cells[1] * to_edge)
    return dict(zip(("x", "y", "x1", "y1"), np.moveaxis(found, 2, 0), strict=True))


def _boxes(board: Board, n: int) -> Columns:
    """Where each grid stands, so that pointing finds its cells; lengths are shares of the drawing."""
    scene, grids = SCENES[n], board.grids
    corners = np.array([corner(one, n) for one in grids.values()])
    shapes = np.array([one.values.shape for one in grids.values()])
    return {
        "source": Texts.of([f"{name}_values" for name in grids]),
        "title": Texts.of([one.title for one in grids.values()]),
        "first": np.array([one.first for one in grids.values()], np.int32),
        "begin": np.zeros(len(grids), np.int32),
        "end": np.full(len(grids), len(board.steps), np.int32),
        "left": (corners[:, 0] / scene.width).astype(np.float32),
        "top": (corners[:, 1] / scene.height).astype(np.float32),
        "width": (corners[:, 2] * shapes[:, 1] / scene.width).astype(np.float32),
        "height": (corners[:, 2] * shapes[:, 0] / scene.height).astype(np.float32),
    }
