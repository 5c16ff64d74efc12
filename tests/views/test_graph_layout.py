"""Graphs of up to 40 nodes are drawn without overlap: no two boxes touch, no line crosses a box, all stays in the drawing."""

import random
from itertools import combinations, pairwise

import pytest

from convoscope.views.backprop.graph_layout import crossings, draw, layers_of, neighbours_of, ordered
from convoscope.views.backprop.passes import graph_of
from convoscope.views.backprop.settings import USUAL
from convoscope.views.session import Session

SIZES = [(75.0, 51.0), (92.0, 51.0), (110.0, 51.0)]
CLEAR = 1e-6


def random_graph(seed, count):
    """A graph as a formula could give it: every node feeds another one, except the last."""
    rng = random.Random(seed)
    inputs = rng.randrange(1, max(2, count // 2))
    nodes = {f"n{k}": () for k in range(inputs)}
    for k in range(inputs, count):
        nodes[f"n{k}"] = tuple(rng.choices(list(nodes), k=rng.choice([1, 2, 2, 2, 3, 6])))
    fed = {one for read in nodes.values() for one in read}
    last = f"n{count - 1}"
    nodes[last] = (*nodes[last], *(name for name in nodes if name not in fed and name != last))
    return tuple((name, rng.choice(SIZES), read) for name, read in nodes.items())


def faults(drawing):
    """Everything that is wrong with a drawing, in words."""
    edges = {name: (x - w / 2, y - h / 2, x + w / 2, y + h / 2) for name, (x, y, w, h) in drawing.boxes.items()}
    found = [f"{a} and {b} overlap" for a, b in combinations(edges, 2) if overlap(edges[a], edges[b])]
    for name, (left, top, right, bottom) in edges.items():
        if left < 0 or top < 0 or right > drawing.width or bottom > drawing.height:
            found.append(f"{name} is cut")
    for ends, points in drawing.lines.items():
        for name, box in edges.items():
            if name not in ends and any(crosses(*piece, box) for piece in pairwise(points)):
                found.append(f"the line {ends} crosses {name}")
    return found


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def crosses(start, end, box):
    """Whether a piece of a line goes through the inside of a box: what Liang and Barsky leave of it is more than a point."""
    low, high = 0.0, 1.0
    for at in (0, 1):
        step = end[at] - start[at]
        near, far = box[at] + CLEAR - start[at], box[at + 2] - CLEAR - start[at]
        if abs(step) < 1e-12:
            if near > 0 or far < 0:
                return False
            continue
        first, second = sorted((near / step, far / step))
        low, high = max(low, first), min(high, second)
    return low < high


@pytest.mark.parametrize("upwards", [False, True])
@pytest.mark.parametrize("count", [2, 5, 12, 25, 40])
def test_nothing_overlaps(count, upwards):
    for seed in range(12):
        drawing = draw(random_graph(seed, count), "narrow", upwards=upwards)
        assert len(drawing.boxes) == count
        assert faults(drawing) == [], f"seed {seed}"


def test_a_planted_overlap_a_cut_box_and_a_crossing_line_are_seen():
    drawing = draw(random_graph(3, 12), "narrow", upwards=True)
    x, y, w, h = drawing.boxes["n0"]
    drawing.boxes["n1"] = (x + w - 5, y, w, h)
    drawing.boxes["n2"] = (2.0, y, w, h)
    drawing.lines["n8", "n9"] = ((x - w, y), (x + w, y))
    words = " ".join(faults(drawing))
    draw.cache_clear()  # the drawing was changed
    assert "overlap" in words
    assert "n2 is cut" in words
    assert "the line ('n8', 'n9') crosses n0" in words


@pytest.mark.parametrize("preset", USUAL)
def test_the_lectures_graphs_have_no_crossing_that_can_be_spared(preset):
    graph = graph_of(USUAL[preset].formula)
    arguments = {name: [one for one in node.arguments if isinstance(one, str)] for name, node in graph.nodes.items()}
    after = neighbours_of(arguments, layers_of(arguments))
    assert crossings(ordered(arguments, after), after) <= {"simple": 0, "quiz": 1, "logistic": 0, "softmax": 4}[preset]


def test_lines_go_forward_and_inputs_stand_right_before_their_first_use():
    for seed in range(20):
        arguments = {name: read for name, _, read in random_graph(seed, 20)}
        layer = layers_of(arguments)
        assert all(layer[one] < layer[name] for name, read in arguments.items() for one in read)
    layer = layers_of({"x": (), "a": ("x",), "b": ("a",), "w": (), "c": ("b", "w")})
    assert layer == {"x": 0, "a": 1, "b": 2, "w": 2, "c": 3}


def test_the_largest_network_has_boxes_that_hold_their_texts():
    settings = {"preset": "network", "features": 3, "hidden": 4, "sgd_steps": 5}
    trace = Session().handle({"view": "backprop", "name": "settings", "value": settings}).trace
    widths = {"wide": trace.facts["wide_room"], "narrow": trace.facts["narrow_room"]}
    for scene, room in widths.items():
        pixels = trace.static["nodes"][f"{scene}_w"] * float(room.split()[0])
        last = trace.at(len(trace) - 1)
        for line in (trace.static["formulas"]["text"].tolist(), last["values"]["text"], last["gradients"]["text"]):
            assert all(len(text) * 7 <= width + 0.5 for text, width in zip(line, pixels, strict=True))
