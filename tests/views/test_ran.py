"""What ran is what ran, and it gives the numbers of the definition.

An observer of its own, which knows file names and no rule of views/ran.py, sees which functions of the engine are entered
while a view computes; the panel must name exactly these.
"""

import ast
import functools
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from convoscope import engine
from convoscope.views import ran
from convoscope.views.definitions import PLAIN, layer_by_definition, plain_chain
from convoscope.views.ran import Check, difference, how_far, how_long, recorded, seconds_of
from convoscope.views.session import LESSONS, Session

ROOT = Path(__file__).resolve().parent.parent.parent
ENGINE = os.path.dirname(engine.__file__)
SETTINGS = {
    "convolution": [
        {}, {"algorithm": "loops"}, {"algorithm": "im2col", "bias": "1/3", "relu": True},
        {"image": "digit", "kernel": "sobel_x", "padding": 1, "stride": 2, "dilation": 2},
        {"image": "camera", "size": "128", "algorithm": "loops", "row": 40, "kernel": "blur"},
        {"transposed": True, "stride": 2, "padding": 1, "output_padding": 1, "kernel": "sobel_x", "bias": 1},
        {"image": "camera", "size": "64", "transposed": True, "stride": 2, "algorithm": "loops", "row": 31, "kernel": "blur"},
        {"image": "signal", "dilation": 2}, {"padding_across": "2", "dilation_across": "2", "kernel": "sobel_x"},
        {"weights": "0.1,0.2,1/3;-1,2,0.7", "flip": True, "normalise": True, "algorithm": "im2col"},
    ],
    "downsampling": [
        {}, {"window": 3, "stride": 2, "shift": "both"}, {"image": "cat", "size": "128", "window": 4, "stride": 1},
    ],
    "rgb": [
        {}, {"channels": "green", "padding": 1, "seed": 5}, {"preset": "lecture", "image": "coffee", "filters": 4},
        {"preset": "lecture", "groups": 3, "filters": 3},
    ],
    "backprop": [{}, {"formula": "exp(-a * b) + sqrt(a)", "inputs": "a=2, b=0.5"}, {"sgd_steps": 3}],
    "gradients": [
        {}, {"layer": "convolution", "stride": 2, "padding": 1, "bias": 2}, {"layer": "max_pooling"},
        {"layer": "average_pooling", "window": 3, "stride": 1}, {"layer": "relu"}, {"layer": "linear"},
        {"layer": "softmax", "label": 2}, {"layer": "network", "learning_rate": "1"},
    ],
    "detective": [{}, {"method": "hand"}, {"method": "least_squares"}, {"method": "descent", "updates": 7}],
    "features": [
        {}, {"votes": "trilinear", "cell": 13, "norm": "L1"}, *({"method": one} for one in ("sift", "match", "learned")),
    ],
    "network": [{}, {"network": "convnetjs", "digit": 5}, {"unit": "conv1[0,3,3]"}, {"edits": "conv1.weight[0,0,2,2]=1"}],
    "architectures": [
        {}, {"architecture": "alexnet"}, {"architecture": "own", "text": "conv 4 3x3 stride 2 pad 1 / flatten / linear 3"},
    ],
    "train": [
        {}, {"architecture": "mlp", "optimiser": "adam"}, {"dropout": 0.5, "weight_decay": 0.01, "batch_size": 5},
        {"architecture": "own", "network": "conv 4 3x3 / tanh / avgpool 2 / flatten / linear 10", "augmentation": False},
    ],
}  # fmt: skip
CASES = [(view, settings) for view in LESSONS for settings in SETTINGS.get(view, [{}])]
PRIVATE = re.compile(r"(^|\.)_")


def observed(work):
    """The names of the engine's functions that are entered while work() runs, seen by file name; without helpers."""
    seen = set()

    def look(frame, event, argument):
        code = frame.f_code
        if event == "call" and os.path.dirname(code.co_filename) == ENGINE and "<" not in code.co_qualname:
            seen.add((code.co_qualname, f"engine/{os.path.basename(code.co_filename)}", code.co_firstlineno))

    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen


def is_property(name):
    found = None
    for module in [module for name, module in sys.modules.items() if name.startswith("convoscope.engine.")]:
        found = found or functools.reduce(lambda part, word: getattr(part, word, None), name.split("."), module)
    return isinstance(found, property)


def arguments(session, view):
    return session._arguments(view)


def asked(view, settings):
    """A session with these settings, and what its panel says."""
    session = Session()
    update = session.handle({"view": view, "name": "settings", "value": settings})
    assert (update.error, update.notices) == ("", ())
    answer = session.handle({"view": view, "name": "ran"})
    assert answer.error == ""
    return session, answer.ran


def named(functions, *, helpers=False):
    return {(one["name"], one["file"], one["line"]) for one in functions if helpers or not one["is_helper"]}


def wrong(functions, session, view):
    """What the panel names and did not run, and what ran and it does not name."""
    lesson, given = LESSONS[view], arguments(session, view)
    work = lesson.work(*given) if hasattr(lesson, "work") else lambda: lesson.compute(*given)
    seen = observed(work)
    public = {one for one in seen if not PRIVATE.search(one[0]) and one[1] != "engine/checks.py" and not is_property(one[0])}
    return named(functions) - public, public - named(functions), named(functions, helpers=True) ^ seen


@pytest.mark.parametrize(("view", "settings"), CASES, ids=str)
def test_the_panel_names_what_ran_and_nothing_else(view, settings):
    session, report = asked(view, settings)
    assert report["functions"]
    assert wrong(report["functions"], session, view) == (set(), set(), set())


def test_a_wrong_and_a_missing_name_are_seen():
    session, report = asked("convolution", {})
    first, *others = report["functions"]
    planted = {**first, "name": "conv2d_loops"}
    too_much, missing, _ = wrong([planted, *others], session, "convolution")
    assert {name for name, _, _ in too_much} == {"conv2d_loops"}
    assert {name for name, _, _ in missing} == {first["name"]}


def test_a_recorder_that_overlooks_a_module_is_seen(monkeypatch):
    whole = ran.function_of
    monkeypatch.setattr(ran, "function_of", lambda code, module: None if module.endswith(".windows") else whole(code, module))
    session, report = asked("convolution", {})
    assert "windows_of" in {name for name, _, _ in wrong(report["functions"], session, "convolution")[1]}


@pytest.mark.parametrize(("view", "settings"), CASES, ids=str)
def test_the_numbers_shown_are_the_definitions(view, settings):
    session, report = asked(view, settings)
    largest = max(float(np.abs(values).max(initial=0)) for values in map(np.asarray, _check(session, view).shown.values()))
    single = view in ("network", "photo", "train")  # computed in float32
    assert report["difference"] <= (2e-5 if single else 1e-12) * max(1, largest)
    assert "Measured for the numbers shown now" in report["sentence"]


def _check(session, view):
    return LESSONS[view].check(*arguments(session, view))


@pytest.mark.parametrize("view", ["convolution", "rgb", "network", "gradients"])
def test_a_wrong_number_is_measured(view, monkeypatch):
    module = sys.modules[LESSONS[view].check.__module__]
    names = {"convolution": "convolve", "rgb": "_convolution", "network": "layer_by_definition", "gradients": "defined"}
    whole = getattr(module, names[view])

    def spoiled(*given, **more):
        found = whole(*given, **more)
        array = {
            "convolution": lambda: found.output, "rgb": lambda: found.outputs, "network": lambda: found[1],
            "gradients": lambda: found["grad_x"],
        }[view]()  # fmt: skip
        array.flat[array.size // 2] += 0.25
        return found

    monkeypatch.setattr(module, names[view], spoiled)
    assert asked(view, {})[1]["difference"] == pytest.approx(0.25, rel=1e-3)


@pytest.mark.parametrize("view", LESSONS)
def test_the_tests_that_a_panel_names_are_there_and_about_its_definition(view):
    definition = LESSONS[view].DEFINITION
    files = re.findall(r"tests/[\w/]+\.py", definition.proof)
    assert files
    names = {function.__name__ for function in definition.functions}
    for path in files:
        nodes = [*ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))]
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        assert names & used, path


def test_outermost_functions_come_first_with_their_calls_and_callers():
    _, report = asked("convolution", {})
    functions = [(one["name"], one["calls"], one["caller"]) for one in report["functions"]]
    assert functions[:2] == [("conv2d_in_order", 1, ""), ("conv2d_terms", 1, "")]
    assert ("windows_of", 2, "conv2d_in_order") in functions
    helpers = [one["is_helper"] for one in report["functions"]]
    assert helpers == sorted(helpers)
    assert any(helpers)


def test_recording_gives_back_what_was_listening_before_also_after_an_error():
    before = sys.getprofile()
    listener = lambda *event: None  # noqa: E731
    sys.setprofile(listener)
    try:
        with pytest.raises(ZeroDivisionError):
            recorded(lambda: 1 / 0)
        assert sys.getprofile() is listener
    finally:
        sys.setprofile(before)


def test_a_generator_is_entered_once_however_many_values_it_gives():
    images, labels = np.zeros((25, 28, 28), np.uint8), np.zeros(25, np.int64)
    network = engine.mlp(np.random.default_rng(0))
    functions, parts = recorded(lambda: list(engine.evaluate(network, images, labels, batch_size=5)))
    assert len(parts) >= 5
    assert {one.name: one.calls for one in functions}["evaluate"] == 1


def test_recording_a_training_step_leaves_the_run_alone():
    session = Session()
    session.handle({"view": "train", "name": "step"})
    state = session._states["train"]
    before = state.run.checkpoint()
    report = session.handle({"view": "train", "name": "ran"}).ran
    after = state.run.checkpoint()
    assert (after.position, after.vector.tolist()) == (before.position, before.vector.tolist())
    assert [array.tolist() for array in after.optimiser_state] == [array.tolist() for array in before.optimiser_state]
    names = {one["name"] for one in report["functions"]}
    assert {"Trainer.train_batch", "Network.forward", "Conv2dPlan.backward", "Optimiser.step"} <= names


EVERY_LAYER = (
    "conv 4 3x3 pad 1 / relu / lrn 3 / concat(conv 4 1x1 / sigmoid | conv 4 3x3 pad 1 groups 2) / maxpool 2 / "
    "add(identity | conv 8 3x3 pad 1 / tanh) / avgpool 2 / dropout 0.5 / flatten / linear 6 / relu / linear 10"
)
NETWORKS = {
    "lenet5": engine.lenet5, "convnetjs": engine.convnetjs_mnist, "mlp": engine.mlp, "logistic": engine.logistic_regression,
    "every layer": lambda rng: engine.parse_network(EVERY_LAYER, (1, 12, 12), rng),
    "global": lambda rng: engine.parse_network("conv 10 3x3 / globalavgpool", (1, 9, 9), rng),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_the_plain_functions_are_the_network(name):
    rng = np.random.default_rng(0)
    network = NETWORKS[name](rng)
    x = rng.normal(size=(3, *network.input_shape)).astype(np.float32)
    logits, labels = network.forward(x), np.arange(3)
    network.backward(engine.cross_entropy_backward(logits, labels))
    activations, back = plain_chain(network.names, network.layers, x)
    np.testing.assert_allclose(activations[-1], logits, atol=1e-5)
    _, gradients = back(engine.cross_entropy_backward(activations[-1], labels))
    assert gradients.keys() == network.parameter_gradients().keys()
    for name, gradient in network.parameter_gradients().items():
        np.testing.assert_allclose(gradients[name], gradient, atol=1e-5)
    for layer, before, after in zip(network.layers, activations, activations[1:], strict=False):
        cells, values, _ = layer_by_definition(layer, before[:1])
        np.testing.assert_allclose(values, after[:1][cells], atol=1e-5)


def test_every_kind_of_layer_has_its_plain_functions():
    layers = [layer for name in NETWORKS for layer in NETWORKS[name](np.random.default_rng(0)).layers]
    inner = [one for layer in layers for branch in getattr(layer, "branches", ()) for one in branch.layers]
    assert {layer.kind for layer in [*layers, *inner]} == set(PLAIN)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [([1.0, 2.0], [1.0, 2.5], 0.5), ([np.inf, np.nan], [np.inf, np.nan], 0), ([1.0], [np.nan], np.inf), ([1], [1, 2], np.inf)],
)
def test_the_largest_difference(one, other, apart):
    assert difference(one, other) == apart
    assert Check({"x": one}, {"x": other}).difference == apart


def test_a_name_that_is_missing_on_one_side_is_no_agreement():
    with pytest.raises(KeyError):
        _ = Check({"x": [1]}, {}).difference


def test_differences_and_times_in_words():
    assert [how_far(value) for value in (0, 1.5e-9, np.inf)] == ["identical", "at most 1.5e−09 apart", "not both finite"]
    assert [how_long(value) for value in (2, 0.0123, 4.5e-05)] == ["2.00 s", "12.3 ms", "0.045 ms"]


@pytest.mark.parametrize(("seconds", "runs"), [(5.0, 1), (0.1, 3), (0.01, 9), (0.001, 1 + 9 * 10), (1e-6, 1 + 9 * 100)])
def test_timing_ends_after_a_few_runs_or_when_its_time_is_over(seconds, runs):
    now, done = [0.0], []

    def work():
        done.append(1)
        now[0] += seconds

    assert seconds_of(work, lambda: now[0]) == pytest.approx(seconds)
    assert len(done) == runs


@pytest.mark.parametrize("algorithm", ["windows", "im2col", "loops"])
def test_every_way_shows_the_same_output_and_only_the_chosen_one_runs(algorithm):
    session, report = asked("convolution", {"image": "digit", "kernel": "blur", "algorithm": algorithm})
    usual = Session().handle({"view": "convolution", "name": "settings", "value": {"image": "digit", "kernel": "blur"}})
    shown = session.handle({"view": "convolution", "name": "settings", "value": {}}).trace.static["output_values"]["value"]
    np.testing.assert_allclose(shown, usual.trace.static["output_values"]["value"], atol=1e-4)
    chosen = next(way for way in report["ways"] if way["name"] == algorithm)
    ran_here = {one["name"] for one in report["functions"]}
    assert {way["function"] for way in report["ways"]} & ran_here == {chosen["function"]}
    assert all(way["difference"] == "identical" or way["difference"].startswith("at most") for way in report["ways"])
    assert all(way["time"] == "" for way in report["ways"])


def test_times_are_measured_when_they_are_asked_for():
    session, _ = asked("convolution", {})
    report = session.handle({"view": "convolution", "name": "ran", "value": "timed"}).ran
    assert all(re.fullmatch(r"[\d.]+ m?s", way["time"]) for way in report["ways"])


def test_loops_over_a_large_image_are_bounded_and_that_is_said():
    session, report = asked("convolution", {"image": "camera", "size": "224", "algorithm": "loops", "row": 100})
    note = session.handle({"view": "convolution", "name": "settings", "value": {}}).trace.facts["output_note"]
    assert re.search(r"Loops computed output rows (\d+) to (\d+) only, as all rows would take too long", note)
    assert "Compared for output rows" in report["sentence"]
    assert next(way for way in report["ways"] if way["name"] == "loops")["note"].startswith("for output rows")
