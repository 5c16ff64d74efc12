"""The forward pass of the network view as a film: a step for each layer, what moves over it, and what is said."""

import numpy as np
import pytest

from convoscope.engine import parse_network
from convoscope.views.session import Session
from convoscope.views.trace import column_array
from convoscope.views.units.activations import Activations, read_unit
from convoscope.views.units.kinds import derive

SOURCES = ("film_now", "film_cell", "film_window", "film_arrow")


def handled(session, **settings):
    update = session.handle({"view": "network", "name": "address", "value": settings})
    assert not update.error
    return update.trace


@pytest.fixture(scope="module")
def session():
    return Session()


def boxes(trace, source, step, drawing="wide"):
    """What is shown of a moving source. -> rows of left, bottom, width, height"""
    sides = ("x1", "y1") if source == "film_arrow" else ("dw", "dh")
    columns = [trace.steps[source][f"{drawing}_{name}"][step] for name in ("x", "y", *sides)]
    rows = np.array(columns).T
    return rows[~np.isnan(rows[:, 0])]


def cells_of(trace, box, block, drawing="wide"):
    """Which cells of which maps of a block a rectangle covers. -> map, top, left, bottom, right"""
    table, found = trace.static["map_table"], []
    for n in np.flatnonzero(table["block"] == block):
        x, y, width, height = (float(table[f"{drawing}_{name}"][n]) for name in ("x", "y", "dw", "dh"))
        left, right = ((edge - x) / width * table["columns"][n] for edge in (box[0], box[0] + box[2]))
        bottom, top = ((1 - (edge - y) / height) * table["rows"][n] for edge in (box[1], box[1] + box[3]))
        if min(left, top) > -0.01 and right < table["columns"][n] + 0.01 and bottom < table["rows"][n] + 0.01:
            found.append((int(table["map"][n]), *(round(edge) for edge in (top, left, bottom, right))))
    return found


def test_the_first_step_is_the_whole_and_then_each_layer_has_its_sentence(session):
    trace = handled(session)
    names = trace.static["block_table"]["name"].tolist()
    assert len(trace) == len(names) + 2 == 14
    assert trace.sentences[0].startswith("LeNet-5 says 7")
    for step, name in enumerate(names, start=1):
        assert trace.sentences[step].startswith(f"{name}: ")
    assert trace.sentences[2].startswith("C1: 6 filters of 5×5 slide over input: 6@28×28. The strongest is C1[")
    assert trace.sentences[4].startswith("S2: the largest number of each 2×2 window of ReLU1, in steps of 2: 6@14×14.")
    assert trace.sentences[-1].endswith(trace.sentences[0])
    assert not any(len(boxes(trace, source, 0)) for source in SOURCES)


@pytest.mark.parametrize("drawing", ["wide", "narrow"])
def test_the_strongest_unit_and_what_it_reads_are_framed(session, drawing):
    trace = handled(session, digit=3)
    network = session._states["network"]._network  # which has just read it
    activations = Activations.of(network)
    names = trace.static["block_table"]["name"].tolist()
    for block, name in enumerate(names):
        step, values = block + 1, activations.values[activations.names.index(name)]
        assert len(boxes(trace, "film_now", step, drawing)) == len(boxes(trace, "film_cell", step, drawing)) == 1
        place = trace.sentences[step].partition("The strongest is ")[2].partition(" ≈")[0].replace(" ", "")
        unit = read_unit(network, place)
        assert activations.value(unit) == values.max()
        if len(values.shape) < 3:
            continue
        (cell,) = cells_of(trace, boxes(trace, "film_cell", step, drawing)[0], block, drawing)
        assert cell[:3] == unit.position
        if block:
            derivation = derive(activations, unit)
            windows = [cells_of(trace, box, block - 1, drawing) for box in boxes(trace, "film_window", step, drawing)]
            maps = list(derivation.window_maps) or [unit.position[0]]
            edges = derivation.window_edges or (*unit.position[1:], unit.position[1] + 1, unit.position[2] + 1)
            assert windows == [[(number, *edges)] for number in maps]


def test_an_arrow_goes_from_every_window_to_the_unit(session):
    trace = handled(session)
    x1, window = trace.steps["film_arrow"]["wide_x1"], trace.steps["film_window"]["wide_x"]
    for step in range(2, len(trace) - 1):
        assert np.isfinite(x1[step]).sum() == np.isfinite(window[step]).sum() > 0
        left = boxes(trace, "film_cell", step)[0][0]
        np.testing.assert_allclose(x1[step][np.isfinite(x1[step])], left, atol=0.2)


def test_the_film_is_of_the_flat_drawing(session):
    trace = handled(session, mode="3d")
    assert len(trace) == 1
    assert not trace.steps


@pytest.mark.parametrize(
    "text",
    [
        "conv 4 3x3 stride 2 / lrn 3 / concat(conv 2 1x1 | conv 3 3x3 pad 1 / relu) / add(identity | conv 5 1x1) / sigmoid / "
        "globalavgpool / linear 4",
        "conv 80 3x3 / maxpool 2 / conv 3 3x3 / avgpool 2 / flatten / linear 4",
        "flatten / linear 30 / tanh / linear 4",
    ],
)
def test_networks_of_any_layers_have_a_film(session, text):
    session.networks.put("loaded", parse_network(text, (1, 28, 28), np.random.default_rng(0)))
    trace = handled(session, network="loaded")
    assert len(trace) == len(trace.static["block_table"]["name"]) + 2
    for step in range(2, len(trace)):
        windows = boxes(trace, "film_window", step)
        assert len(windows) or "conv 80" in text  # the strongest map may be one that is not drawn
        for box in windows:
            assert len(cells_of(trace, box, step - 2)) == 1
    for source in SOURCES:
        for column in trace.steps[source].values():
            assert column_array(column).dtype == np.float32
