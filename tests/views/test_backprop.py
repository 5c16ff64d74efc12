"""The backprop view tells the slides' examples, any formula and steps of SGD, with numbers that fit each other."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convoscope.engine import SGD, cross_entropy_backward
from convoscope.views.backprop.passes import STARTING_SEED, network
from convoscope.views.backprop.settings import LARGEST, NETWORK_START, USUAL, BackpropSettings
from convoscope.views.packet import unpack
from convoscope.views.session import Session

FORMULAS = (
    "x*y + sin(x)", "x*x", "max(x, y) - min(x, z)", "exp(-x**2)/y", "relu(x) + abs(y)",
    "log(x)*sqrt(y)", "x**y",
    "t = x + y; t*t*t",
    "a = x*y; b = a/z; c = tanh(b); c*a + b", "1/x", "sigmoid(w*x + b)",
    "-x", "x - y - z - w - u - v", "tan(x*y)/(x + y + z)",
)  # fmt: skip


def session_after(*events):
    """A session that has answered the events (name, value), and its last update."""
    session, update = Session(), None
    for name, value in [("reset", None), *events]:
        update = session.handle({"view": "backprop", "name": name, "value": value})
    return session, update


def shown(*events):
    return session_after(*events)[1]


def nodes(trace):
    """Every node: {name: {column: value}}."""
    columns = {name: column.tolist() for name, column in trace.static["nodes"].items()}
    return {name: {column: values[n] for column, values in columns.items()} for n, name in enumerate(columns["name"])}


def gradients(trace):
    return {name: node["gradient"] for name, node in nodes(trace).items()}


SIMPLE = [
    "t = x² = 2² = 4",
    "u₁ = sin(t) = sin(4) = −0.757",
    "u₂ = 3·t = 3·4 = 12",
    "u = u₁ + u₂ = (−0.757) + 12 = 11.243",
    "J = cos(u) = cos(11.243) = 0.245",
    "dJ/dJ = 1: here the backward pass begins; every other gradient is 0 so far.",
    "dJ/du = −sin(u) = −sin(11.243) = 0.969; dJ/du += 1×0.969 = 0.969; numerical check 0.969 ✓",
    "du/du₁ = 1; dJ/du₁ += 0.969×1 = 0.969; numerical check 0.969 ✓",
    "du/du₂ = 1; dJ/du₂ += 0.969×1 = 0.969; numerical check 0.969 ✓",
    "du₂/dt = 3; dJ/dt += 0.969×3 = 2.908; the first of 2 that add up, because t feeds u₂ and u₁",
    "du₁/dt = cos(t) = cos(4) = −0.654; dJ/dt += 0.969×(−0.654) = −0.634; sum 2.908 + (−0.634) = 2.275; "
    "numerical check 2.275 ✓",
    "dt/dx = 2·x = 2·2 = 4; dJ/dx += 2.275×4 = 9.099; numerical check 9.099 ✓",
]


def test_the_simple_example_is_told_as_on_the_slide():
    assert list(shown().trace.sentences) == SIMPLE


def test_the_calculus_quiz():
    x, z = 2.0, 3.0
    found = gradients(shown(("preset", "quiz")).trace)
    y_x = z * math.exp(x * z) + z / math.log(x) - z / math.log(x) ** 2
    y_x += (math.cos(math.log(x)) * z - math.sin(math.log(x)) * z) / (x * z) ** 2
    y_z = x * math.exp(x * z) + x / math.log(x) - math.sin(math.log(x)) / (x * z * z)
    assert (found["x"], found["z"]) == pytest.approx((y_x, y_z), rel=1e-6)
    assert "dy/dx = 1208.381, dy/dz = 809.707" in shown(("preset", "quiz")).trace.facts["size"]


@pytest.mark.parametrize("features", [1, 2, 3])
def test_logistic_regression_is_case_1(features):
    trace = shown(("preset", "logistic"), ("features", features)).trace
    values = {name: node["value"] for name, node in nodes(trace).items()}
    x, theta = ([values[f"{letter}{n}"] for n in range(1, features + 1)] for letter in "xθ")
    a = sum(map(math.prod, zip(x, theta, strict=True)))
    y, target = 1 / (1 + math.exp(-a)), values["y_star"]
    assert values["J"] == pytest.approx(target * math.log(y) + (1 - target) * math.log(1 - y), rel=1e-5)
    found = gradients(trace)
    assert found["y"] == pytest.approx(target / y + (1 - target) / (y - 1), rel=1e-5)
    assert found["a"] == pytest.approx(found["y"] * math.exp(-a) / (math.exp(-a) + 1) ** 2, rel=1e-5)
    assert [found[f"θ{n}"] for n in range(1, features + 1)] == pytest.approx([found["a"] * one for one in x], rel=1e-5)
    assert [found[f"x{n}"] for n in range(1, features + 1)] == pytest.approx([found["a"] * one for one in theta], rel=1e-5)
    assert "dy/da = exp(−a)/(exp(−a) + 1)²" in " ".join(trace.sentences)


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
@pytest.mark.parametrize(("features", "hidden"), [(1, 1), (2, 2), (3, 4)])
def test_one_hidden_layer_is_case_2(features, hidden, loss):
    trace = shown(("preset", "network"), ("features", features), ("hidden", hidden), ("loss", loss)).trace
    values, found = ({name: node[what] for name, node in nodes(trace).items()} for what in ("value", "gradient"))
    x = np.array([values[f"x{i}"] for i in range(1, features + 1)])
    alpha = np.array([[values[f"α{j}{i}"] for i in range(1, features + 1)] for j in range(1, hidden + 1)])
    beta = np.array([values[f"β{j}"] for j in range(1, hidden + 1)])
    z = 1 / (1 + np.exp(-alpha @ x))
    y, target = 1 / (1 + np.exp(-beta @ z)), values["y_star"]
    through_b = (y - target) * (y * (1 - y) if loss == "squared" else 1)
    through_a = through_b * beta * z * (1 - z)
    expected = np.outer(through_a, x)
    assert np.allclose([[found[f"α{j}{i}"] for i in range(1, features + 1)] for j in range(1, hidden + 1)], expected, rtol=1e-4)
    assert np.allclose([found[f"β{j}"] for j in range(1, hidden + 1)], through_b * z, rtol=1e-4)
    assert np.allclose([found[f"x{i}"] for i in range(1, features + 1)], alpha.T @ through_a, rtol=1e-4)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_softmax_with_cross_entropy_gives_p_minus_y(classes):
    trace = shown(("preset", "softmax"), ("classes", classes)).trace
    logits = np.array([[nodes(trace)[f"b{k}"]["value"] for k in range(1, classes + 1)]])
    expected = cross_entropy_backward(logits, np.array([0]))[0]
    assert [gradients(trace)[f"b{k}"] for k in range(1, classes + 1)] == pytest.approx(expected.tolist(), rel=1e-5)


def test_the_network_starts_where_its_seed_says():
    starts = network(2, 2, "squared", STARTING_SEED).starts
    assert {name: float(value) for name, value in (pair.split("=") for pair in NETWORK_START.split(","))} == starts
    assert shown(("preset", "network")).settings["inputs"] == NETWORK_START


ANY = st.fixed_dictionaries(
    {
        "preset": st.sampled_from([*USUAL, "network", "custom"]),
        "formula": st.sampled_from(FORMULAS),
        "features": st.integers(1, 3),
        "hidden": st.integers(1, 4),
        "classes": st.integers(2, 5),
        "loss": st.sampled_from(["squared", "cross_entropy"]),
        "seed": st.integers(0, 50),
        "sgd_steps": st.sampled_from([0, 0, 1, 7]),
        "inputs": st.lists(st.sampled_from([-2, -0.5, 0, 0.3, 1, 3, 900]), min_size=6, max_size=6).map(
            lambda values: ",".join(f"{name}={value}" for name, value in zip("xyzwuv", values, strict=True))
        ),
    }
)


@settings(max_examples=40)
@given(ANY)
def test_whatever_is_set_the_steps_tell_one_consistent_story(chosen):
    update = shown(("settings", chosen))
    trace = update.trace
    assert update.error == ""
    table, found = nodes(trace), {name: column.tolist() for name, column in trace.static["increments"].items()}
    sums = dict.fromkeys(table, 0.0)
    for n, argument in enumerate(found["argument"]):
        product = found["gradient"][n] * found["slope"][n]
        if math.isfinite(found["total"][n]):
            assert found["product"][n] == pytest.approx(product, rel=1e-5, abs=1e-12)
            sums[argument] += found["product"][n]
            size = max(abs(found["total"][n]), abs(found["product"][n]))
            assert found["total"][n] == pytest.approx(sums[argument], rel=1e-4, abs=1e-5 * size)
    if "here it ends" not in trace.sentences[len(trace) - 1]:
        output = list(table)[-1]
        wanted = {name: node["gradient"] for name, node in table.items() if name != output and math.isfinite(node["gradient"])}
        assert {name: sums[name] for name in wanted} == pytest.approx(wanted, rel=1e-3, abs=1e-5)
        assert all(node["complete"] >= 0 for node in table.values())
    header, back = unpack(update.to_bytes())
    assert header["settings"] == update.settings
    assert len(update.to_bytes()) < 300_000
    assert list(back.sentences) == list(trace.sentences)
    again = shown(("settings", update.settings))  # what the address holds brings the same
    assert (again.settings, list(again.trace.sentences)) == (update.settings, list(trace.sentences))


@settings(max_examples=40)
@given(ANY)
def test_boxes_hold_what_has_been_computed_and_nothing_else(chosen):
    trace = shown(("settings", chosen)).trace
    table = list(nodes(trace).values())
    for source in ("edges", "flows", "heads", "values"):  # both arrangements have the same pieces
        assert len({len(column) for column in trace.static[source].values()}) == 1
    for step in {0, len(trace) // 2, len(trace) - 1}:
        now = trace.at(step)
        for n, node in enumerate(table):
            is_input = node["kind"] in ("input", "parameter")
            assert bool(now["values"]["text"][n]) == (is_input or 0 <= node["computed"] <= step)
            text = now["gradients"]["text"][n]
            assert text.endswith((" ✓", " ✗", " ∠", " –")) == (0 <= node["complete"] <= step)
            assert (now["gradient_bands"]["alpha"][n] > 0) == bool(text)


def test_the_table_has_the_rows_of_the_slide_the_output_first():
    rows = {name: column.tolist() for name, column in shown().trace.static["rows"].items()}
    lines = list(zip(rows["row"], rows["column"], rows["words"], rows["numbers"], rows["step"], strict=True))
    assert [words for _, column, words, _, _ in lines if column == "forward"] == [
        "J = cos(u)", "u = u₁ + u₂", "u₂ = 3·t", "u₁ = sin(t)", "t = x²", "x",
    ]  # fmt: skip
    assert (3, "visit", "dJ/dt += dJ/du₁·cos(t)", "= 0.969×(−0.654) = −0.634", 10) in lines
    assert (4, "gradient", "dJ/dt", "= 2.275, check 2.275 ✓", 10) in lines
    steps = [step for _, column, _, _, step in lines if column != "gradient" and step >= 0]
    assert sorted(steps) == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]


def test_every_step_lights_a_line_of_the_table():
    for preset in (*USUAL, "network"):
        trace = shown(("preset", preset)).trace
        assert set(range(len(trace))) <= set(trace.static["rows"]["step"].tolist())


@pytest.mark.parametrize(
    ("formula", "inputs", "words"),
    [
        ("log(x)*y", "x=-1", "v₁ = log(x) = log(−1) = not a number: here it ends; log needs a number that is not"),
        ("1/x", "x=0", "J = 1/x = 1/0 = ∞: here it ends"),
        ("exp(x)", "x=1000", "= ∞: here it ends; exp overflows beyond 709; write logsumexp(a, b) for log(exp(a) + exp(b))"),
        ("log(exp(x) + exp(y))", "x=800,y=0", "v₁ = exp(x) = exp(800) = ∞: here it ends; exp overflows"),
    ],
)
def test_what_has_no_value_ends_the_steps_with_a_sentence(formula, inputs, words):
    update = shown(("settings", {"formula": formula, "inputs": inputs}))
    assert update.error == ""
    assert words in update.trace.sentences[len(update.trace) - 1]
    assert "J has no finite value here, because " in update.trace.facts["size"]


def test_a_kink_is_seen_by_the_measured_gradient():
    trace = shown(("settings", {"formula": "abs(x)", "inputs": "x=0"})).trace
    assert trace.sentences[2] == (
        "dJ/dx = sign(x) = sign(0) = 0; dJ/dx += 1×0 = 0; a kink: slope −1 on the left, 1 on the right"
    )
    trace = shown(("settings", {"formula": "relu(x)", "inputs": "x=0"})).trace
    assert trace.sentences[2].endswith("dJ/dx += 1×0 = 0; a kink: slope 0 on the left, 1 on the right")
    assert trace.at(2)["gradients"]["text"][0] == "0 ∠"


@pytest.mark.parametrize(("formula", "inputs"), [("sin(10000*x)", "x=2"), ("1/x", "x=1e-6"), ("log(x)", "x=1e-8")])
def test_a_smooth_function_is_not_marked_however_steep(formula, inputs):
    trace = shown(("settings", {"formula": formula, "inputs": inputs})).trace
    assert trace.sentences[len(trace) - 1].endswith("✓")


@pytest.mark.parametrize(
    ("formula", "inputs", "words"),
    [
        ("max(x,0) + min(x,0)", "x=0", "J = 0; dJ/dx = 2 (numerical slope 1: subgradients meet here"),
        ("max(x,0)-x*z+log(1+exp(-abs(x)))", "x=0,z=0.3", "dJ/dx = 0.7 (numerical slope 0.2: subgradients meet here"),
        ("x*x**0.5", "x=0", "J = 0; dJ/dx = not a number (the chain rule meets a value that is not finite; numerical slope"),
        ("sqrt(x)**2", "x=0", "J = 0; dJ/dx = not a number (the chain rule meets a value that is not finite; numerical slope"),
        ("a**b", "a=-2,b=-3", "J = −0.125; dJ/da = −0.188, dJ/db = not a number (the chain rule meets"),
        ("exp(-exp(x))", "x=800", "J = 0; dJ/dx = "),
    ],
)
def test_the_summary_hides_no_finite_value_and_says_what_it_is_worth(formula, inputs, words):
    update = shown(("settings", {"formula": formula, "inputs": inputs}))
    assert words in update.trace.facts["size"]
    assert "✗" not in " ".join([update.trace.facts["size"], *update.trace.sentences])


def test_the_sum_so_far_is_what_it_was():
    sentences = list(shown(("settings", {"formula": "x + 1e20*x", "inputs": "x=1"})).trace.sentences)
    assert any("sum 1 + " in sentence for sentence in sentences)


@pytest.mark.parametrize("product", [1, 10, 30, 35, 36, 37, 40, 700])
def test_a_saturated_loss_keeps_its_digits(product):
    inputs = f"θ1={product},x1=1,y_star=0"
    trace = shown(("settings", {"preset": "logistic", "features": 1, "inputs": inputs})).trace
    assert nodes(trace)["J"]["value"] == pytest.approx(-math.log1p(math.exp(product)) if product < 700 else -700, rel=1e-7)
    assert gradients(trace)["θ1"] == pytest.approx(-1 / (1 + math.exp(-product)), rel=1e-6)
    assert not [sentence for sentence in trace.sentences if "✗" in sentence or "kink" in sentence]
    assert trace.facts["size"].startswith(f"J = {'−' + str(product) + '.' if product < 9 else '−'}")


def test_a_softmax_of_large_logits_does_not_overflow():
    for logits, J, slopes in (((710, 709, 0), 0.313262, (-0.268941, 0.268941, 0)), ((-900, 900, 0), 1800, (-1, 1, 0))):
        inputs = ",".join(f"b{k}={value}" for k, value in enumerate(logits, 1))
        trace = shown(("settings", {"preset": "softmax", "inputs": inputs})).trace
        assert nodes(trace)["J"]["value"] == pytest.approx(J, abs=1e-6)
        assert [gradients(trace)[f"b{k}"] for k in (1, 2, 3)] == pytest.approx(slopes, abs=1e-6)


def test_a_repeated_argument_is_told_by_its_place():
    sentences = shown(("formula", "x*x")).trace.sentences
    assert sentences[2] == "dJ/dx = x = 2 in place 1; dJ/dx += 1×2 = 2; the first of 2 that add up, because x feeds J"
    assert sentences[3].endswith("in place 2; dJ/dx += 1×2 = 2; sum 2 + 2 = 4; numerical check 4 ✓")


@pytest.mark.parametrize("preset", ["logistic", "network", "softmax"])
def test_sgd_lets_the_loss_fall(preset):
    update = shown(("preset", preset), ("sgd_steps", 20))
    losses = update.trace.static["loss_line"]["loss"].tolist()
    assert len(losses) == 21
    assert all(after < before for before, after in pairwise(losses))
    assert "after 20 steps" in update.trace.facts["curve"]
    assert "curve_hidden" not in update.trace.facts
    assert "curve_hidden" in shown(("preset", preset)).trace.facts


def test_a_step_of_sgd_is_the_engines():
    settings = {"preset": "network", "learning_rate": 0.25, "sgd_steps": 1}
    before, after = shown(("settings", settings | {"sgd_steps": 0})).trace, shown(("settings", settings)).trace
    names = [name for name, node in nodes(before).items() if node["kind"] == "parameter"]
    weights = np.array([nodes(before)[name]["value"] for name in names])
    optimiser = SGD([weights], learning_rate=0.25)
    optimiser.step([np.array([nodes(before)[name]["gradient"] for name in names])])
    assert [nodes(after)[name]["value"] for name in names] == pytest.approx(weights.tolist(), rel=1e-5)
    assert nodes(after)["x1"]["value"] == nodes(before)["x1"]["value"]


def test_a_learning_rate_that_is_too_large_stops_with_a_reason():
    update = shown(("settings", {"preset": "softmax", "learning_rate": 100, "sgd_steps": 50, "inputs": "b1=-1000,b2=1000"}))
    assert update.error == ""
    assert update.trace is not None
    formula = {"preset": "softmax", "learning_rate": 100, "sgd_steps": 60, "inputs": "b1=1,b2=2,b3=3,y_star1=-9,y_star2=-9"}
    assert "then it diverged: try a smaller learning rate" in shown(("settings", formula)).trace.facts["curve"]


def test_an_input_is_changed_and_everything_follows():
    update = shown(("inputs", "x=1.5"))
    assert update.trace.sentences[0] == "t = x² = 1.5² = 2.25"
    assert nodes(update.trace)["x"]["gradient"] == pytest.approx(
        -math.sin(math.sin(2.25) + 6.75) * (math.cos(2.25) + 3) * 3, rel=1e-5
    )


def test_typing_and_choosing_name_each_other():
    session, update = session_after(("formula", "x*y"), ("inputs", "x=5,y=7"))
    assert (update.settings["preset"], update.settings["inputs"]) == ("custom", "x=5,y=7")
    update = session.handle({"view": "backprop", "name": "formula", "value": "x*z"})
    assert update.settings["inputs"] == "x=5,z=3"  # what has the same name keeps its value
    update = session.handle({"view": "backprop", "name": "formula", "value": USUAL["quiz"].formula})
    assert (update.settings["preset"], update.settings["inputs"]) == ("quiz", "x=2,z=3")
    update = session.handle({"view": "backprop", "name": "preset", "value": "custom"})
    assert update.settings["formula"] == USUAL["quiz"].formula


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("formula", "|x|", "“|x|” cannot be read; write abs(x)."),
        ("formula", "__import__('os')", "cannot be read"),
        ("formula", "a+b+c+d+f+g+h", "has 7 variables; 6 are the most"),
        ("formula", "x" * 401, "came as 401 characters; 400 is the most"),
        ("formula", "", "The formula is empty"),
        ("formula", 7, "must be text"),
        ("inputs", "x", "The inputs came with “x”; write a name and a number, such as x=2."),
        ("inputs", "x=", "The input x is empty; type a number"),
        ("inputs", "x=abc", "The input x holds “abc”; type a number"),
        ("inputs", "x=nan", "holds “nan”"),
        ("inputs", "=3", "write a name and a number"),
        ("inputs", "<img src=x>=1,x=y", "The input <img src holds “x>=1”"),
        ("preset", "all", "is not a choice of “Preset”"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_changes(name, value, words):
    session, before = session_after(("inputs", "x=3"))
    update = session.handle({"view": "backprop", "name": name, "value": value})
    assert words in update.error
    assert update.trace is None
    assert update.settings == before.settings


def test_inputs_stay_within_bounds_and_unknown_names_are_left_out():
    update = shown(("inputs", "x=1e9,zebra=5"))
    assert update.settings["inputs"] == f"x={LARGEST:g}"
    assert update.notices == ("Inputs go from −1000 to 1000: x became 1000.",)


CALLS = [
    {},
    {"preset": "quiz", "inputs": "x=2.5,z=-1"},
    {"preset": "logistic", "sgd_steps": 3},
    {"preset": "network", "hidden": 4, "features": 3, "loss": "cross_entropy", "sgd_steps": 2},
    {"preset": "softmax", "classes": 5},
    {"formula": "t = x*y;\nt/2"},
]


@pytest.mark.parametrize("chosen", CALLS, ids=str)
def test_the_call_gives_the_gradients_that_are_shown(chosen, capsys):
    trace = shown(("settings", chosen)).trace
    scope = {}
    exec(trace.facts["call"], scope)  # it is what a student pastes
    shown_ones = gradients(trace)
    assert {name: float(value) for name, value in scope["gradients"].items()} == pytest.approx(shown_ones, rel=1e-5, abs=1e-7)
    assert re.match(r"^-?\d", capsys.readouterr().out)


def test_settings_have_bounds_for_every_control():
    assert set(BackpropSettings.shown_when) <= set(BackpropSettings.names())


def test_the_likelihood_of_logistic_regression_rises():
    values = [nodes(shown(("preset", "logistic"), ("sgd_steps", steps)).trace)["J"]["value"] for steps in (0, 1, 20)]
    assert values[0] < values[1] < values[2] < 0


@pytest.mark.parametrize(
    "formula",
    ["x" + "-x" * 58, "x" + "/x" * 58, f"max({'x,' * 97})", "x*1e308*1e308", "x/1e-400/0", "x*" + "9" * 190, "x**1e300"],
)
def test_what_the_parser_takes_can_be_shown_however_odd(formula):
    update = shown(("formula", formula))
    assert update.error == ""
    assert update.settings["preset"] == "custom"
    assert len(update.to_bytes()) < 2_000_000


def beside_of(**asked):
    update = Session().handle({"view": "backprop", "name": "settings", "value": asked})
    assert update.error == ""
    return update


def test_the_algorithm_stands_beside_the_graph_and_each_step_lights_the_line_that_it_executes():
    trace = beside_of(beside="algorithm").trace
    heads, words = (trace.static["beside"][name].tolist() for name in ("head", "words"))
    assert heads == ["1.", "2.", "a.", "b."] * 2
    assert words[4] == "Initialise all partial derivatives dJ/du to 0 and dJ/dJ to 1."
    lit = [[n for n, one in enumerate(row) if one] for row in trace.steps["beside_now"]["lit"].tolist()]
    forward = sum(" += " not in sentence and "backward pass begins" not in sentence for sentence in trace.sentences)
    assert lit == [[2, 3]] * forward + [[4]] + [[7]] * (len(trace) - forward - 1)
    last = trace.at(len(trace) - 1)["beside_now"]["text"]
    assert last[6:] == ["dJ/dt = 2.275", "dJ/dx += 2.275×4 = 9.099"]
    assert last[7] in trace.sentences[len(trace) - 1]


def test_case_2_is_a_stack_of_layers_from_a_to_f_with_what_is_known_at_each_step():
    trace = beside_of(preset="network", beside="layers").trace
    assert trace.static["beside"]["head"].tolist() == ["(F)", "(E)", "(D)", "(C)", "(B)", "(A)"]
    kinds = [words.partition(" ")[0].rstrip(":") for words in trace.static["beside"]["words"].tolist()]
    assert kinds == ["Loss", "Sigmoid", "Linear", "Sigmoid", "Linear", "Input"]
    lit = np.argmax(trace.steps["beside_now"]["lit"], axis=1).tolist()
    assert sorted(set(lit[:9]), reverse=True) == [4, 3, 2, 1, 0], "forward goes up, (A) is given"
    first, last = (trace.at(step)["beside_now"]["text"] for step in (0, len(trace) - 1))
    assert first == ["", "", "", "", "a₁ = 1.9", "x₁ = 1; x₂ = 2"]
    assert last[1] == "y = 0.483; dJ/dy = −0.517"
    assert "dJ/dα₁₁ = 0.006" in last[4]
    assert last[5] == "x₁ = 1; dJ/dx₁ = −0.011; x₂ = 2; dJ/dx₂ = 0.016"
    other = beside_of(preset="network", beside="layers", loss="cross_entropy").trace
    assert "y* log y" in other.static["beside"]["words"].tolist()[0]


def test_only_case_2_has_layers_and_the_table_brings_no_list():
    update = beside_of(beside="layers")
    assert update.settings["beside"] == "table"
    assert update.notices == ("Only Case 2 is a stack of layers: the table stands beside the graph.",)
    assert "beside" not in update.trace.static
