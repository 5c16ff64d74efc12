"""Where the nodes of a graph are drawn, so that no two overlap and no line crosses a box.

layers.py says what stands in which layer and in what order; here every item moves towards its neighbours as far as the gaps
allow. Lengths are pixels of the natural size. "Along" goes from layer to layer, "across" within a layer.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .layers import Item, Order, layers_of, neighbours_of, ordered

GAP_ALONG = 30.0
GAP_ACROSS = 14.0
MARGIN = 8.0
LINE_ACROSS = 8.0  # what a line takes up where it passes a layer
RELAXATIONS = 12

Point = tuple[float, float]
Nodes = tuple[tuple[str, tuple[float, float], tuple[str, ...]], ...]  # name, width and height, arguments; topological order


@dataclass(frozen=True)
class Drawing:
    """A graph laid out, in pixels from the upper-left corner."""

    width: float
    height: float
    boxes: Mapping[str, tuple[float, float, float, float]]  # centre x and y, width, height
    lines: Mapping[tuple[str, str], tuple[Point, ...]]  # from an argument's box to that of the node that reads it


@functools.lru_cache(maxsize=64)  # the same graph comes again with every change of a number
def draw(nodes: Nodes, *, upwards: bool) -> Drawing:
    """Lay a graph out, the inputs on the left and the output on the right, or upwards the inputs below."""
    arguments = {name: read for name, _, read in nodes}
    sizes = {name: (size[1], size[0]) if upwards else size for name, size, _ in nodes}  # along, across
    home = layers_of(arguments)
    after = neighbours_of(arguments, home)
    order = ordered(arguments, after)
    breadth = {item: sizes[item[0]][1] if home[item[0]] == item[1] else LINE_ACROSS for item in after}
    across = _places_across(order, after, breadth)
    spans = _spans(home, sizes, len(order))
    length = spans[-1][1] + MARGIN
    total = max(across[item] + breadth[item] / 2 for item in after) + MARGIN

    def point(along: float, item: Item) -> Point:
        return (across[item], length - along) if upwards else (along, across[item])

    def edge(name: str, side: int) -> Point:
        start, end = spans[home[name]]
        return point((start + end + side * sizes[name][0]) / 2, (name, home[name]))

    boxes, lines = {}, {}
    for name, size, read in nodes:
        boxes[name] = (*point(sum(spans[home[name]]) / 2, (name, home[name])), *size)
        for one in dict.fromkeys(read):
            leaving, arriving = point(spans[home[one]][1], (one, home[one])), point(spans[home[name]][0], (name, home[name]))
            passed = [point(end, (one, n)) for n in range(home[one] + 1, home[name]) for end in spans[n]]
            lines[one, name] = (edge(one, 1), leaving, *passed, arriving, edge(name, -1))
    return Drawing(*((total, length) if upwards else (length, total)), boxes, lines)


def _spans(home: Mapping[str, int], sizes: Mapping[str, Point], count: int) -> list[tuple[float, float]]:
    """From where to where each layer goes, along."""
    spans, at = [], MARGIN
    for number in range(count):
        end = at + max((sizes[name][0] for name, layer in home.items() if layer == number), default=0.0)
        spans.append((at, end))
        at = end + GAP_ALONG
    return spans


def _places_across(order: Order, after: Mapping[Item, list[Item]], breadth: Mapping[Item, float]) -> dict[Item, float]:
    """The middle of every item, at least MARGIN from the edge."""
    near: dict[Item, list[Item]] = {item: list(following) for item, following in after.items()}
    for item, following in after.items():
        for other in following:
            near[other].append(item)
    places: dict[Item, float] = {}
    for layer in order:
        places |= dict(zip(layer, _spread([0.0] * len(layer), layer, breadth), strict=True))
    for round_ in range(RELAXATIONS):
        for layer in order if round_ % 2 else reversed(order):
            wanted = [sum(places[other] for other in near[item]) / max(len(near[item]), 1) for item in layer]
            places |= dict(zip(layer, _spread(wanted, layer, breadth), strict=True))
    lowest = min(places[item] - breadth[item] / 2 for item in places)
    return {item: place - lowest + MARGIN for item, place in places.items()}


def _spread(wanted: Sequence[float], layer: Sequence[Item], breadth: Mapping[Item, float]) -> list[float]:
    """The places nearest to the wanted ones (least squares) that keep the order and the gaps.

    Without the gaps' own share the places must only rise: neighbours that would not are pooled at their mean.
    """
    offsets, at = [], 0.0
    for item, following in zip(layer, [*layer[1:], None], strict=True):
        offsets.append(at)
        at += (breadth[item] + (breadth[following] if following else 0)) / 2 + GAP_ACROSS
    pools: list[list[float]] = []  # sum and count of each
    for place, offset in zip(wanted, offsets, strict=True):
        pools.append([place - offset, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    flat = [total / count for total, count in pools for _ in range(int(count))]
    return [place + offset for place, offset in zip(flat, offsets, strict=True)]
