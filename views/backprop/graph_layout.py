"""Where the nodes of a graph are drawn: in layers, so that few lines cross, no two boxes overlap and no line crosses a box.

As Sugiyama, Tagawa and Toda do it (1981): each node goes behind its arguments, inputs go right before their first use, a
line over several layers has a place of its own in each of them, and the order is swept towards the neighbours' middle.
Then every item moves towards its neighbours as far as the gaps allow. Lengths are pixels of the natural size. "Along" goes
from layer to layer, "across" within a layer.
"""

from __future__ import annotations

import functools
import math
from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..arrangement import Arrangement
from ..grid import Coordinates

Item = tuple[str, int]  # a node in its layer, or the line from that node where it passes another layer
Order = list[list[Item]]  # the items of each layer
SWEEPS = 8
MOST_INPUTS = 7  # in one layer
GAP_ALONG = 30.0
GAP_ACROSS = 14.0
MARGIN = 8.0
LINE_ACROSS = 8.0  # what a line takes up where it passes a layer
RELAXATIONS = 12

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # centre x and y, width, height
Nodes = tuple[tuple[str, tuple[float, float], tuple[str, ...]], ...]  # name, width and height, arguments; topological order
LETTER = 12.0  # the height of letters


@dataclass(frozen=True)
class GraphArrangement(Arrangement):
    """A graph laid out, in pixels from the upper-left corner."""

    boxes: Mapping[str, Box]
    lines: Mapping[tuple[str, str], tuple[Point, ...]]  # from an argument's box to that of the node that reads it

    @functools.cached_property
    def middles(self) -> dict[tuple[str, str], Point]:
        """The middle of the longest piece of each line."""
        longest = {edge: max(pairwise(points), key=lambda piece: math.dist(*piece)) for edge, points in self.lines.items()}
        return {edge: ((x + x1) / 2, (y + y1) / 2) for edge, ((x, y), (x1, y1)) in longest.items()}

    def centred(self, places: object) -> Coordinates:
        """Rectangles from (centre x, centre y, width, height). places: (n, 4) -> x, y, w, h (n,)."""
        x, y, width, height = np.asarray(places, np.float64).reshape(-1, 4).T
        return self.rectangles(x - width / 2, y - height / 2, width, height)


@functools.lru_cache(maxsize=64)  # the same graph comes again with every change of a number
def draw(nodes: Nodes, name: str, *, upwards: bool) -> GraphArrangement:
    """Lay a graph out, the inputs on the left and the output on the right, or upwards the inputs below."""
    arguments = {node: read for node, _, read in nodes}
    sizes = {node: (size[1], size[0]) if upwards else size for node, size, _ in nodes}  # along, across
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

    def edge(node: str, side: int) -> Point:
        start, end = spans[home[node]]
        return point((start + end + side * sizes[node][0]) / 2, (node, home[node]))

    boxes, lines = {}, {}
    for node, size, read in nodes:
        boxes[node] = (*point(sum(spans[home[node]]) / 2, (node, home[node])), *size)
        for one in dict.fromkeys(read):
            leaving, arriving = point(spans[home[one]][1], (one, home[one])), point(spans[home[node]][0], (node, home[node]))
            passed = [point(end, (one, n)) for n in range(home[one] + 1, home[node]) for end in spans[n]]
            lines[one, node] = (edge(one, 1), leaving, *passed, arriving, edge(node, -1))
    width, height = (total, length) if upwards else (length, total)
    return GraphArrangement(name, width, height, LETTER, boxes, lines)


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
    before = _before(after)
    places: dict[Item, float] = {}
    for layer in order:
        places |= dict(zip(layer, _spread([0.0] * len(layer), layer, breadth), strict=True))
    for round_ in range(RELAXATIONS):
        for layer in order if round_ % 2 else reversed(order):
            middles = [_mean([places[other] for other in (*after[item], *before[item])], 0.0) for item in layer]
            places |= dict(zip(layer, _spread(middles, layer, breadth), strict=True))
    lowest = min(places[item] - breadth[item] / 2 for item in places)
    return {item: place - lowest + MARGIN for item, place in places.items()}


def _spread(middles: Sequence[float], layer: Sequence[Item], breadth: Mapping[Item, float]) -> list[float]:
    """The places nearest to the middles of the neighbours (least squares) that keep the order and the gaps.

    Without the gaps' own share the places must only rise: neighbours that would not are pooled at their mean.
    """
    offsets, at = [], 0.0
    for item, following in zip(layer, [*layer[1:], None], strict=True):
        offsets.append(at)
        at += (breadth[item] + (breadth[following] if following else 0)) / 2 + GAP_ACROSS
    pools: list[list[float]] = []  # sum and count of each
    for place, offset in zip(middles, offsets, strict=True):
        pools.append([place - offset, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    flat = [total / count for total, count in pools for _ in range(int(count))]
    return [place + offset for place, offset in zip(flat, offsets, strict=True)]


def layers_of(arguments: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The layer of every node, from 0. arguments: {node: the nodes that it reads}, in topological order."""
    layer: dict[str, int] = {}
    for name, read in arguments.items():
        layer[name] = 1 + max((layer[one] for one in read), default=-1)
    for name, read in arguments.items():
        if not read:
            layer[name] = min((layer[other] for other, its in arguments.items() if name in its), default=1) - 1
    return _staggered(arguments, layer)


def _staggered(arguments: Mapping[str, Sequence[str]], layer: Mapping[str, int]) -> dict[str, int]:
    """Where very many inputs stand in one layer, deal them out to several, so that the drawing stays narrow."""
    staggered: dict[str, int] = {}
    added = 0
    for number in range(1 + max(layer.values())):
        inputs = [name for name, read in arguments.items() if layer[name] == number and not read]
        groups = -(-len(inputs) // MOST_INPUTS) or 1
        staggered |= {name: number + added + place % groups for place, name in enumerate(inputs)}
        added += groups - 1
        staggered |= {name: number + added for name, read in arguments.items() if layer[name] == number and read}
    return staggered


def neighbours_of(arguments: Mapping[str, Sequence[str]], layer: Mapping[str, int]) -> dict[Item, list[Item]]:
    """What each item leads to in the next layer. Lines from one node share their way as long as they can."""
    ends: dict[str, int] = {}
    for name, read in arguments.items():
        for one in read:
            ends[one] = max(ends.get(one, 0), layer[name])
    after: dict[Item, list[Item]] = {}
    for name in arguments:
        for number in range(layer[name], ends.get(name, layer[name] + 1)):
            after[name, number] = [(name, number + 1)] if number + 1 < ends.get(name, 0) else []
    after |= {(name, layer[name]): [] for name in arguments if (name, layer[name]) not in after}
    for name, read in arguments.items():
        for one in dict.fromkeys(read):
            after[one, layer[name] - 1].append((name, layer[name]))
    return after


def ordered(arguments: Mapping[str, Sequence[str]], after: Mapping[Item, list[Item]]) -> Order:
    """The items of every layer in the best order that was found."""
    before = _before(after)
    order = _first_order(list(arguments)[-1], before, after)
    best, fewest = order, crossings(order, after)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        backwards = sweep % 2 == 0
        order = _swept(order, after if backwards else before, backwards)
        count = crossings(order, after)
        if count < fewest:
            best, fewest = order, count
    return best


def _before(after: Mapping[Item, list[Item]]) -> dict[Item, list[Item]]:
    """What leads to each item."""
    before: dict[Item, list[Item]] = {item: [] for item in after}
    for item, following in after.items():
        for other in following:
            before[other].append(item)
    return before


def crossings(order: Order, after: Mapping[Item, list[Item]]) -> int:
    """How many pairs of lines cross."""
    count = 0
    for layer, following in pairwise(order):
        place = {item: number for number, item in enumerate(following)}
        ends: list[int] = []
        for item in layer:
            mine = [place[other] for other in after[item]]
            count += sum(len(ends) - bisect_right(ends, end) for end in mine)
            for end in mine:
                insort(ends, end)
    return count


def _first_order(output: str, before: Mapping[Item, list[Item]], after: Mapping[Item, list[Item]]) -> Order:
    """As the formula is read: from the output to its arguments, the first one first."""
    order: Order = [[] for _ in range(1 + max(number for _, number in after))]
    start = next(item for item in after if item[0] == output)
    waiting, seen = [start], {start}
    while waiting:
        item = waiting.pop()
        order[item[1]].append(item)
        for other in reversed(before[item]):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return order


def _swept(order: Order, neighbours: Mapping[Item, list[Item]], backwards: bool) -> Order:
    """Sort each layer by the middle of its neighbours in the layer that was sorted before; without any it stays."""
    swept = list(order)
    numbers = range(len(order) - 2, -1, -1) if backwards else range(1, len(order))
    for number in numbers:
        place = {item: float(at) for at, item in enumerate(swept[number + 1 if backwards else number - 1])}
        middles = {
            item: _mean([place[other] for other in neighbours[item]], float(at)) for at, item in enumerate(swept[number])
        }
        swept[number] = sorted(swept[number], key=middles.__getitem__)
    return swept


def _mean(places: Sequence[float], usual: float) -> float:
    """The mean place of an item's neighbours; the usual one if it has none."""
    return sum(places) / len(places) if places else usual
