"""The gradients view: every number is the engine's, every sum that is told adds up, and finite differences agree."""

import contextlib
import dataclasses
import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.engine import (
    SGD,
    avg_pool2d,
    avg_pool2d_backward,
    conv2d,
    conv2d_backward,
    cross_entropy,
    cross_entropy_backward,
    linear_backward,
    max_pool2d,
    max_pool2d_backward,
    parse_network,
    relu_backward,
    slopes,
    softmax,
)
from convoscope.views.gradients.classifier_layers import Dense, dense_pass, relu_pass, softmax_pass
from convoscope.views.gradients.layer_pass import ARRANGEMENTS, ROLES
from convoscope.views.gradients.lesson import pass_of
from convoscope.views.gradients.settings import GradientsSettings
from convoscope.views.gradients.sgd_step import SmallNetwork, sgd_step
from convoscope.views.gradients.window_layers import Convolution, Pooling, convolution_pass, pooling_pass
from convoscope.views.numbers import write
from convoscope.views.numerical_checks import badges
from convoscope.views.packet import pack
from convoscope.views.session import Session
from convoscope.views.sums import Term, in_words

LAYERS = list(GradientsSettings.param.layer.objects)
WHOLE = st.integers(-3, 3)


def grid_of(rows, columns, numbers=WHOLE):
    return st.lists(st.lists(numbers, min_size=columns, max_size=columns), min_size=rows, max_size=rows)


@st.composite
def settings(draw, layers=tuple(LAYERS)):
    """A table of settings as a page sends it."""
    rows, columns = draw(st.integers(3, 5)), draw(st.integers(3, 5))
    return {
        "layer": draw(st.sampled_from(layers)),
        "x": draw(grid_of(rows, columns)),
        "weights": draw(grid_of(draw(st.integers(1, 3)), draw(st.integers(1, 3)))),
        "bias": draw(WHOLE),
        "stride": draw(st.integers(1, 3)),
        "padding": draw(st.integers(0, 2)),
        "window": draw(st.integers(2, 3)),
        "maps": draw(grid_of(4, 2)),
        "linear_weights": draw(grid_of(3, 8)),
        "biases": draw(grid_of(1, 3)),
        "gradient": draw(st.sampled_from(["pattern", "ones", "single"])),
        "logits": draw(grid_of(1, draw(st.integers(1, 6)))),
        "label": draw(st.integers(0, 5)),
        "image": draw(grid_of(6, 6, st.integers(0, 2))),
        "first_kernel": draw(grid_of(3, 3)),
        "class_weights": draw(grid_of(3, 4)),
        "learning_rate": draw(st.sampled_from(["0.01", "0.1", "1"])),
    }


def shown(table):
    update = Session().handle({"view": "gradients", "name": "settings", "value": table})
    assert update.error == ""
    return update


def value_of(trace, name):
    source = trace.static[f"{name}_values"]
    return source["value"].reshape(source["row"][-1] + 1, source["column"][-1] + 1)


def array(rows):
    return np.array(rows, float)


def expected(now):
    """What the engine's own functions give for the settings."""
    x, grad_out = array(now["x"]), array(now["grad_out"])
    match now["layer"]:
        case "convolution":
            how = {"stride": now["stride"], "padding": now["padding"]}
            weight = array(now["weights"])
            out = conv2d(x[None, None], weight[None, None], array([now["bias"]]), **how)
            grad_x, grad_weight, grad_bias = conv2d_backward(grad_out[None, None], x[None, None], weight[None, None], **how)
            return {"output": out[0, 0], "grad_x": grad_x[0, 0], "grad_weight": grad_weight[0, 0], "grad_bias": grad_bias[None]}
        case "max_pooling" | "average_pooling":
            best = now["layer"] == "max_pooling"
            forward, back = (max_pool2d, max_pool2d_backward) if best else (avg_pool2d, avg_pool2d_backward)
            out = forward(x[None, None], now["window"], stride=now["stride"])
            grad_x = back(grad_out[None, None], x[None, None], now["window"], stride=now["stride"])
            return {"output": out[0, 0], "grad_x": grad_x[0, 0]}
        case "relu":
            return {"output": np.maximum(x, 0), "grad_x": relu_backward(grad_out, x)}
        case "linear":
            flat, weight = array(now["maps"]).reshape(1, -1), array(now["linear_weights"])
            grad_flat, grad_weight, grad_bias = linear_backward(grad_out, flat, weight)
            maps = grad_flat.reshape(2, 2, 2)
            return {
                "output": (flat @ weight.T + array(now["biases"])).T, "grad_flat": grad_flat, "grad_weight": grad_weight,
                "grad_bias": grad_bias[:, None], "grad_map_0": maps[0], "grad_map_1": maps[1],
            }  # fmt: skip
        case "softmax":
            logits, labels = array(now["logits"]), np.array([now["label"]])
            loss, gradient = cross_entropy(logits, labels), cross_entropy_backward(logits, labels)
            return {"probabilities": softmax(logits), "loss": array([[loss]]), "grad_logits": gradient}
    return trained(now)


def trained(now):
    """One step of SGD by the engine's own network; only its weights are trained."""
    network = parse_network(
        "conv 1 3x3 / relu / maxpool 2x2 / flatten / linear 3", (1, 6, 6), np.random.default_rng(0), dtype=np.float64
    )
    parameters, labels, image = network.parameters(), np.array([now["label"]]), array(now["image"])[None, None]
    kernel, weight = parameters["conv1.weight"], parameters["linear1.weight"]
    kernel[...], weight[...] = array(now["first_kernel"]), array(now["class_weights"])
    logits = network.forward(image).copy()
    loss, values = cross_entropy(logits, labels), [one.copy() for one in network.activations]
    gradients = [one.copy() for one in network.backward(cross_entropy_backward(logits, labels), needs_grad_x=True)]
    found = network.parameter_gradients()
    SGD([kernel, weight], float(now["learning_rate"])).step([found["conv1.weight"], found["linear1.weight"]])
    after = network.forward(image)
    return {
        "conv": values[1][0, 0], "relu": values[2][0, 0], "pool": values[3][0, 0], "logits": values[5].T,
        "p": softmax(logits).T, "loss": array([[loss]]), "grad_conv": gradients[1][0, 0], "grad_relu": gradients[2][0, 0],
        "grad_pool": gradients[3][0, 0], "grad_logits": gradients[5].T, "grad_kernel": found["conv1.weight"][0, 0],
        "grad_weight": found["linear1.weight"], "new_kernel": kernel[0, 0], "new_weight": weight,
        "new_p": softmax(after).T, "new_loss": array([[cross_entropy(after, labels)]]),
    }  # fmt: skip


@given(table=settings())
def test_every_number_is_what_the_engine_gives(table):
    update = shown(table)
    for name, values in expected(update.settings).items():
        np.testing.assert_allclose(value_of(update.trace, name), values, rtol=1e-6, atol=1e-6, err_msg=name)


NUMBER = r"−?\d+(?:\.\d+)?(?:e−?\d+)?"
OPERAND = rf"\(?{NUMBER}\)?"


def number(text):
    return float(text.replace("−", "-").strip("()"))


def added_up(words):
    """The value of a×b + c/d + bias e, or of a − b×c, from the written numbers alone; None if it is no such sum."""
    total = 0.0
    for term in words.replace("bias ", "").split(" + "):
        if match := re.fullmatch(rf"({OPERAND})(?:([×/])({OPERAND}))?", term):
            one, sign, other = match.groups()
            total += number(one) if not sign else number(one) * number(other) if sign == "×" else number(one) / number(other)
        elif match := re.fullmatch(rf"({OPERAND}) − ({OPERAND})(?:×({OPERAND}))?", term):
            one, two, three = match.groups()
            total += number(one) - number(two) * number(three or "1")
        else:
            return None
    return total


@given(table=settings())
def test_every_sum_that_is_told_adds_up(table):
    """The terms are rounded to three decimals, and so is the sum."""
    told = [str(sentence) for sentence in shown(table).trace.sentences]
    sums = 0
    for sentence in told:
        head, _, rest = sentence.split(";")[0].split(", because")[0].partition(" = ")
        words, _, total = rest.rpartition(" = ")
        if words and "…" not in words and (found := added_up(words)) is not None:
            sums += 1
            assert found == pytest.approx(number(total), abs=0.03), sentence
        assert re.match(r"(new )?\w+(\[[\d, ]+\])?$|Forward again", head), sentence
    assert sums >= len(told) / 4 or table["layer"] in ("max_pooling", "relu", "softmax", "network")


def test_the_adding_up_can_tell_right_from_wrong():
    assert added_up("1×2 + 3×(−1) + bias 0.5") == -0.5
    assert added_up("3/4 + (−1)/4") == 0.5
    assert added_up("0.644 − 1") == pytest.approx(-0.356)
    assert added_up("0.5 − 0.1×(−2)") == pytest.approx(0.7)
    assert added_up("max(1, 2)") is None


@given(table=settings(layers=("convolution", "average_pooling", "max_pooling", "relu", "linear")))
def test_the_card_multiplies_and_adds_to_the_number_that_is_shown(table):
    layer_pass = pass_of(GradientsSettings(**shown(table).settings))
    checked = 0
    for step in layer_pass.steps:
        if len(step.products.grids) == 3:
            one, other, products = step.products.grids
            np.testing.assert_allclose(products, one * other)
            bias = re.search(r"bias \(?(−?[\d.]+)", step.result)
            total = np.nansum(products) + (number(bias[1]) if bias else 0)
            assert write(round(float(total), 3) + 0.0) == write(round(number(step.result.split(" = ")[-1]), 3) + 0.0), (
                step.sentence
            )
            checked += 1
    assert checked


@given(table=settings())
def test_finite_differences_never_disagree(table):
    sentences = list(shown(table).trace.sentences)
    assert not [sentence for sentence in sentences if "WRONG" in sentence]
    assert [sentence for sentence in sentences if "finite difference" in sentence or "kink" in sentence]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_wrong_derivative_is_noticed(layer, monkeypatch):
    """The check can fail: a gradient that is a little off is told as wrong, of every layer."""
    x, g = array([[1, 2, 0], [3, -1, 2], [1, 1, 4]]), array([[1, 2], [-1, 1]])
    kinds = {
        "convolution": (Convolution, lambda: convolution_pass(Convolution(x, array([[1, 2], [3, 4]]), 1.0, g, 1, 0))),
        "max_pooling": (Pooling, lambda: pooling_pass(Pooling(x, g, 2, 1, True))),
        "average_pooling": (Pooling, lambda: pooling_pass(Pooling(x, g, 2, 1, False))),
        "linear": (Dense, lambda: dense_pass(Dense(np.ones((2, 2, 2)), np.ones((3, 8)), np.ones(3), array([1, 2, 3])))),
        "network": (SmallNetwork, lambda: sgd_step(SmallNetwork(np.eye(6), 1, np.eye(3), np.ones((3, 4))), 0.1)),
    }
    off = 1.01
    if layer == "softmax":
        monkeypatch.setattr("convoscope.engine.cross_entropy_backward", lambda *a: cross_entropy_backward(*a) * off)
        layer_pass = softmax_pass(array([[2, 1, 0]]), 1)
    elif layer == "relu":
        monkeypatch.setattr("convoscope.engine.relu_backward", lambda *a: relu_backward(*a) * off)
        layer_pass = relu_pass(x, x)
    else:
        kind, make = kinds[layer]
        right = kind.backward

        def wrong(self, *values):
            found = right(self, *values)
            if isinstance(found, dict):
                return {name: gradient * off for name, gradient in found.items()}
            return tuple(one * off for one in found) if isinstance(found, tuple) else found * off

        monkeypatch.setattr(kind, "backward", wrong)
        layer_pass = make()
    assert [step for step in layer_pass.steps if "✗" in step.badge]
    assert [step for step in layer_pass.steps if "WRONG" in step.sentence]


def test_a_kink_is_told_with_both_slopes():
    found = slopes(lambda many: 3 * np.abs(many).sum(axis=1), array([0, 2]))
    assert badges(array([3, 3]), found) == ["✓ kink: slope −3 left, 3 right", "✓ finite difference 3"]
    assert badges(array([4, 2]), found) == ["✗ finite difference 0", "✗ finite difference 3"]
    assert badges(array([0, 3]), found)[0].startswith("✓ kink"), "any slope between the two is a subgradient"


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("gradient", ["pattern", "ones", "single"])
@pytest.mark.parametrize("x", ["1,1,1;1,1,1", "0,0,0,0;0,0,0,0;0,0,0,0", "1,1,0,0;1,1,0,0;0,0,1,1;0,0,1,1"])
def test_no_tie_is_called_wrong(x, gradient, stride):
    table = {"layer": "max_pooling", "x": x, "window": 2, "stride": stride, "gradient": gradient}
    assert "WRONG" not in " ".join(shown(table).trace.sentences)


def test_subgradients_that_meet_are_told():
    """Two windows share the pixel: with gradients 1 and −1 it gets −1, though moving it changes nothing to either side."""
    table = {"layer": "max_pooling", "x": "1,1,1;1,1,1", "stride": 1, "gradient": "custom", "grad_out": "1,-1"}
    told = [one for one in shown(table).trace.sentences if one.startswith("grad_x[0, 1]")]
    assert told == ["grad_x[0, 1] = 0×1 + 1×(−1) = −1; subgradients meet: slope 0"]


def sentences_of(**table):
    return list(shown(table).trace.sentences)


def test_the_convolution_is_told_forward_and_backward():
    told = sentences_of()
    assert told[0] == "output[0, 0] = 1×1 + 2×2 + 0×(−1) + 3×0 + bias 1 = 6"
    assert told[9].startswith("grad_bias = 1 + 2 + (−1) + 3 + (−2) + 1 + 0 + 1 + 2 = 7; finite difference 7 agrees")
    assert told[14] == "grad_x[0, 0] = 1×1 = 1; finite difference 1 agrees"
    assert told[15] == "grad_x[0, 1] = 1×2 + 2×1 = 4; finite difference 4 agrees"
    assert len(told) == 9 + 1 + 4 + 16


def test_the_tie_rule_is_told_where_it_matters():
    told = sentences_of(layer="max_pooling")
    assert "output[1, 0] = max(−2, 1, 1, 0) = 1, first of 2 at x[2, 1]" in told
    first, second = (next(one for one in told if one.startswith(f"grad_x[{at}]")) for at in ("2, 1", "3, 0"))
    assert first == "grad_x[2, 1] = 1×3 = 3; a kink: slope 0 left, 3 right"
    assert second == "grad_x[3, 0] = 0×3 = 0; a kink: slope 0 left, 3 right"
    assert "first in row order" in shown({"layer": "max_pooling"}).trace.facts["size"]


def test_the_subgradient_at_zero_is_told_and_drawn():
    update = shown({"layer": "relu"})
    at_zero = [one for one in update.trace.sentences if "x = 0" in one]
    assert at_zero[0].startswith(
        "grad_x[0, 2] = 0×(−1) = 0, because x = 0, where the slope 0 is chosen; a kink: slope 0 left, −1"
    )
    assert "every slope from 0 to 1 is a subgradient" in update.trace.facts["size"]
    assert len(update.trace.static["curves"]["role"]) >= 5
    assert len(shown({"layer": "linear"}).trace.static["curves"]["role"]) == 0


def test_a_step_of_sgd_lowers_the_loss_and_says_by_how_much():
    last = sentences_of(layer="network")[-1]
    before, after = re.search(r"= (\S+); before it was (\S+)$", last).group(2), re.search(r"= (\S+);", last).group(1)
    assert float(after) < float(before)
    assert sentences_of(layer="network", learning_rate="1")[-1] != last


@given(table=settings(), data=st.data())
def test_the_marks_stand_on_their_cells_and_covers_on_what_is_to_come(table, data):
    """Seen from outside: decoded from the columns of both drawings."""
    trace = shown(table).trace
    step = data.draw(st.integers(0, len(trace) - 1))
    now = trace.at(step)
    for its in ARRANGEMENTS:
        boxes = trace.static[f"{its.name}_boxes"]
        for x, y, w, h, role in zip(
            *(now["marks"][f"{its.name}_{axis}"] for axis in "xywh"), now["marks"]["role"], strict=True
        ):
            if np.isnan(x):
                continue
            assert 0 <= role < len(ROLES)
            left, top = x - w / 2, 1 - (y + h / 2)
            assert -1e-3 <= left <= left + w <= 1 + 1e-3
            assert any(
                boxes["left"][n] - 0.2 <= left <= boxes["left"][n] + boxes["width"][n] + 1e-3
                and boxes["top"][n] - 0.2 <= top <= boxes["top"][n] + boxes["height"][n] + 1e-3
                for n in range(len(boxes["left"]))
            )
        last = trace.at(len(trace) - 1)["covers"]
        area = sum(w * h for w, h in zip(last[f"{its.name}_w"], last[f"{its.name}_h"], strict=True))
        assert area == 0
        assert sum(trace.at(0)["covers"][f"{its.name}_w"]) > 0


@pytest.mark.parametrize("layer", LAYERS)
def test_grids_stay_in_the_drawing_and_apart(layer):
    session = Session()
    now = session.handle({"view": "gradients", "name": "layer", "value": layer}).settings
    layer_pass = pass_of(GradientsSettings(**now))
    for its in ARRANGEMENTS:
        boxes = []
        for one in layer_pass.grids.values():
            spot = dataclasses.replace(one, ring=(0, 0)).spot(its)
            rows, columns = one.drawn.shape
            boxes.append((spot.left, spot.top, spot.left + columns * spot.cell, spot.top + rows * spot.cell))
            assert min(spot.left, spot.top) >= 0
            assert boxes[-1][2] <= its.width
            assert boxes[-1][3] <= its.height
        for k, one in enumerate(boxes):
            for other in boxes[:k]:
                assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3], its.name


@pytest.mark.parametrize("layer", LAYERS)
def test_a_cell_and_its_gradient_lead_to_the_same_step(layer):
    """Pointing at either shows how the gradient comes about."""
    trace = shown({"layer": layer}).trace
    boxes = trace.static["wide_boxes"]
    first = dict(zip(boxes["source"].tolist(), boxes["first"].tolist(), strict=True))
    pairs = {"convolution": ["x", "weight", "bias"], "linear": ["weight", "bias", "flat"], "network": ["kernel", "weight"]}
    for name in pairs.get(layer, ["logits"] if layer == "softmax" else ["x"]):
        assert first[f"{name}_values"] == first[f"grad_{name}_values"] >= 0
        told = trace.sentences[first[f"{name}_values"]]
        assert told.startswith(f"grad_{name}")
        role = "gradient"
        assert ROLES.index(role) in trace.at(first[f"{name}_values"])["marks"]["role"]


@pytest.mark.parametrize("layer", LAYERS)
def test_the_call_gives_the_gradients_that_are_shown(layer):
    trace = shown({"layer": layer, "stride": 1}).trace
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(trace.facts["call"], "snippet", "exec"), names)  # our own text, made of numbers
    shown_name = {"softmax": "grad_logits", "linear": "grad_flat", "network": "new_kernel"}.get(layer, "grad_x")
    given = names["parameters"]["conv1.weight"] if layer == "network" else names[shown_name]
    np.testing.assert_allclose(np.ravel(given), value_of(trace, shown_name).ravel(), rtol=1e-5, atol=1e-6)
    assert printed.getvalue().strip().startswith("[")


@pytest.mark.parametrize(("layer", "largest"), [(layer, 720_000 if layer == "convolution" else 260_000) for layer in LAYERS])
def test_a_trace_stays_small(layer, largest):
    table = {"layer": layer, "x": "1,2,3,4,5;" * 4 + "1,2,3,4,5", "weights": "1,2,3;4,5,6;7,8,9", "padding": 2}
    assert len(pack({}, shown(table).trace)) < largest


def event(session, name, value):
    return session.handle({"view": "gradients", "name": name, "value": value})


def test_the_gradient_follows_the_output_until_it_is_edited():
    session = Session()
    assert event(session, "stride", 2).settings["grad_out"] == ((1, 2), (3, -2))
    assert event(session, "gradient", "ones").settings["grad_out"] == ((1, 1), (1, 1))
    edited = event(session, "grad_out", [["5", "1"], ["1", "1"]])
    assert (edited.settings["gradient"], edited.settings["grad_out"]) == ("custom", ((5, 1), (1, 1)))
    larger = event(session, "stride", 1)
    assert (larger.settings["gradient"], larger.settings["grad_out"]) == ("custom", ((5, 1, 0), (1, 1, 0), (0, 0, 0)))
    assert event(session, "gradient", "single").settings["grad_out"][1] == (0, 1, 0)


def test_an_address_brings_an_edited_gradient_back():
    table = {"layer": "max_pooling", "gradient": "custom", "grad_out": "0,9;0,0", "window": "2", "stride": "2"}
    update = shown(table)
    assert (update.settings["grad_out"], update.settings["gradient"]) == (((0, 9), (0, 0)), "custom")
    assert shown({"layer": "max_pooling"}).settings["stride"] == 2


def test_what_does_not_fit_is_brought_back_or_refused_with_a_sentence():
    session = Session()
    assert "only add zeros" in event(session, "padding", 2).notices[0]
    event(session, "padding", 0)
    refused = event(session, "x", "1,2")
    assert refused.trace is None
    assert refused.error.endswith(".")
    assert len(refused.settings["x"]) == 4
    event(session, "layer", "softmax")
    assert event(session, "label", 5).notices == ("There are 4 classes, numbered from 0: label 5 became 3.",)
    assert event(session, "logits", "1,2;3,4").settings["logits"] == ((1, 2),)
    event(session, "layer", "network")
    assert event(session, "label", 4).settings["label"] == 2


def test_numbers_in_cells_are_short_and_never_a_false_zero():
    trace = shown({"layer": "network", "learning_rate": "0.01"}).trace
    texts = [text for group in range(3) for text in trace.static[f"cells_{group}"]["text"].tolist()]
    assert max(map(len, texts)) <= 5
    assert "−0" not in texts
    assert write(0.0) in texts


def test_a_long_sum_says_its_largest_terms_and_the_rest():
    terms = [Term(f"{n}×(−1)", -n) for n in range(12)]
    assert in_words(terms, most=9) == "11×(−1) + 10×(−1) + 9×(−1) + (9 more: −36)"
    assert in_words([Term("(−2)×3", -6), Term("(−1)×1", -1)], most=9) == "−2×3 + (−1)×1"
