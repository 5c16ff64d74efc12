"""The layers of a graph, and in what order its nodes stand in them, so that few lines cross.

As Sugiyama, Tagawa and Toda do it (1981): each node goes behind its arguments, inputs go right before their first use, a
line over several layers has a place of its own in each of them, and the order is swept towards the neighbours' middle.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

Item = tuple[str, int]  # a node in its layer, or the line from that node where it passes another layer
Order = list[list[Item]]  # the items of each layer
SWEEPS = 8
MOST_INPUTS = 7  # in one layer


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
    found, added = {}, 0
    for number in range(1 + max(layer.values())):
        inputs = [name for name, read in arguments.items() if layer[name] == number and not read]
        groups = -(-len(inputs) // MOST_INPUTS) or 1
        found |= {name: number + added + place % groups for place, name in enumerate(inputs)}
        added += groups - 1
        found |= {name: number + added for name, read in arguments.items() if layer[name] == number and read}
    return found


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
    before: dict[Item, list[Item]] = {item: [] for item in after}
    for item, following in after.items():
        for other in following:
            before[other].append(item)
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
    """Sort each layer by the middle of its neighbours in the layer that was sorted before."""
    swept = list(order)
    numbers = range(len(order) - 2, -1, -1) if backwards else range(1, len(order))
    for number in numbers:
        place = {item: at for at, item in enumerate(swept[number + 1 if backwards else number - 1])}
        swept[number] = sorted(swept[number], key=_middle(swept[number], neighbours, place))
    return swept


def _middle(
    layer: list[Item], neighbours: Mapping[Item, list[Item]], place: Mapping[Item, int]
) -> Callable[[Item], float]:
    """The mean place of an item's neighbours; its own place if it has none."""
    own = {item: at for at, item in enumerate(layer)}

    def middle(item: Item) -> float:
        found = [place[other] for other in neighbours[item]]
        return sum(found) / len(found) if found else float(own[item])

    return middle
