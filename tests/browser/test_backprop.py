"""The backprop view on the real page: its numbers, its table, dragging, typing, SGD, the largest graphs, the address."""

import math

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from convoscope.views.backprop.settings import BackpropSettings
from convoscope.views.session import Session
from convoscope.views.trace import column_array

from .comparing import assert_shows, trace_of

SLUG = "backprop"
VIEW = "?view=backprop"
FORTY = (  # nodes
    "a=sin(x)*cos(y);b=exp(z)/(w*w+1);c=tanh(u)+v*a;d=sigmoid(a*b-c);e=relu(d+x)*abs(c)-sqrt(b);f=max(a,b)-min(d,e);"
    "g=(f-e)**2+d*log(b+1);cos(g)+x*y/2-u*v"
)
NUMBERS_AHEAD = """[...document.querySelectorAll(".backprop-table .entry[data-ahead] .numbers")]
  .filter((numbers) => getComputedStyle(numbers).visibility !== "hidden").length"""
MEASURE = """([letters, texts]) => {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `${letters}px system-ui`;
  return texts.map((text) => context.measureText(text).width);
}"""


def assert_shown(explorer, **expected):
    """Every source, the sentences and the table hold what CPython computes for the page's settings, as expected."""
    settings = {name: value for name, value in explorer.state().items() if name in BackpropSettings.names()}
    assert settings | expected == settings
    assert_shows(explorer, **settings)
    static = trace_of("backprop", settings).static
    for name in ("value", "gradient", "numerical_slope"):
        np.testing.assert_array_equal(explorer.data("nodes")[name], column_array(static["nodes"][name]))
    assert table_numbers(explorer) == static["rows"]["numbers"].tolist()


def table_numbers(explorer):
    return explorer.page.locator(".backprop-table .numbers").all_text_contents()


def node_on_page(explorer, name):
    """The drawing that is shown and the middle of a node in it, in pixels."""
    plot = explorer.page.locator(".view:not([hidden]) .panel[data-only]:visible .plot")
    nodes, frame = explorer.data("nodes"), plot.bounding_box()
    scene, n = plot.locator("xpath=ancestor::figure").get_attribute("data-only"), nodes["name"].index(name)
    return plot, {"x": nodes[f"{scene}_x"][n] * frame["width"], "y": (1 - nodes[f"{scene}_y"][n]) * frame["height"]}


def test_the_slides_example_goes_forward_and_backward_before_python_is_there(explorer):
    explorer.hold_python()
    page = explorer.open(VIEW, ready=False)
    view = page.get_by_role("region", name="Backpropagation", exact=True)
    expected = list(Session().handle({"view": "backprop", "name": "reset"}).trace.sentences)
    lit = view.locator(".backprop-table [data-lit] .words")
    told, lines = [], []
    for number in range(len(expected)):
        told.append(view.get_by_role("status").inner_text())
        lines.append(lit.all_text_contents())
        assert page.evaluate(NUMBERS_AHEAD) == 0, f"step {number} gives later numbers away"
        page.keyboard.press(".")
    assert told == expected
    assert lines[0] == ["t = x²"]
    assert lines[4:7] == [["J = cos(u)"], ["dJ/dJ"], ["dJ/du += dJ/dJ·(−sin(u))", "dJ/du"]]
    assert lines[10] == ["dJ/dt += dJ/du₁·cos(t)", "dJ/dt"]
    expect(view.locator(".backprop-table .entry[data-ahead]")).to_have_count(0)


def test_the_page_shows_what_cpython_computes_of_every_size(explorer, page, view):
    assert_sums_follow(explorer)
    assert_shown(explorer)
    for settings in (
        {"preset": "quiz", "inputs": "x=1.5,z=-2"},
        {"preset": "logistic", "features": 3},
        {"preset": "network", "hidden": 3, "loss": "cross_entropy", "sgd_steps": 5},
        {"preset": "softmax", "classes": 4},
        {"formula": "log(x)*y", "inputs": "x=-1,y=3"},
    ):
        explorer.set(**settings)
        assert_shown(explorer, **settings)
    assert_forty_nodes_stand_apart(explorer)


def assert_sums_follow(explorer):
    """Every partial sum that is displayed, recomputed from the page's own data."""
    explorer.set(preset="quiz")
    nodes, found = explorer.data("nodes"), explorer.data("increments")
    sums, lines = dict.fromkeys(nodes["name"], 0.0), explorer.data("rows")
    for n, argument in enumerate(found["argument"]):
        product = found["gradient"][n] * found["slope"][n]
        sums[argument] += product
        assert math.isclose(found["product"][n], product, rel_tol=1e-5)
        assert math.isclose(found["total"][n], sums[argument], rel_tol=1e-4)
        explorer.step(found["step"][n])
        sentence, shown = explorer.sentence(), written(sums[argument])
        assert f"= {written(product)}" in sentence
        assert sentence.split("; numerical check")[0].endswith(f"= {shown}") or "the first of" in sentence
        at = next(k for k, when in enumerate(lines["step"]) if when == found["step"][n] and lines["column"][k] == "visit")
        assert lines["numbers"][at].endswith(f"= {written(product)}")
        lit = explorer.page.locator(".backprop-table [data-lit][data-column=visit] .numbers")
        expect(lit).to_have_text(lines["numbers"][at])
    ends = {name: gradient for name, gradient in zip(nodes["name"], nodes["gradient"], strict=True) if name != "y"}
    assert {name: sums[name] for name in ends} == pytest.approx(ends, rel=1e-4)


def written(value):
    """A number of the page: three decimals, U+2212."""
    return f"{value:.3f}".rstrip("0").rstrip(".").replace("-", "−")


def test_an_input_is_dragged_typed_and_pressed_and_everything_follows(explorer, page, view):
    plot, middle = node_on_page(explorer, "x")
    frame = plot.bounding_box()
    page.mouse.move(frame["x"] + middle["x"], frame["y"] + middle["y"])
    page.mouse.down()
    page.mouse.move(frame["x"] + middle["x"], frame["y"] + middle["y"] - 33, steps=4)
    page.mouse.up()
    field = view.get_by_label("Input x", exact=True)
    expect(field).to_have_value("2.5")
    expect(view.get_by_role("status")).to_have_text("t = x² = 2.5² = 6.25")
    assert_shown(explorer, inputs="x=2.5")
    field.fill("-1/4")
    field.press("Tab")
    explorer.becomes(lambda: explorer.state()["inputs"], "x=-0.25")
    expect(view.locator("[data-fact=size]")).to_contain_text("dJ/dx = ")
    plot.focus()
    page.keyboard.press("ArrowRight")
    expect(view.locator(".panel:visible .readout").first).to_contain_text("x = −0.25, dJ/dx = ")
    page.keyboard.press("+")
    expect(field).to_have_value("-0.15")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(view.get_by_role("status")).to_contain_text("t = x² = (−0.15)²")
    field.fill("lots")
    field.press("Tab")
    expect(view.get_by_role("alert")).to_contain_text("The input x holds “lots”")
    assert explorer.state()["inputs"] == "x=-0.15"
    explorer.set(inputs="x=2")
    assert_clicks_go_to_steps(explorer, view)


def assert_clicks_go_to_steps(explorer, view):
    """A node is told where it is pointed at; a click goes to its value, another one to its gradient; so does a line."""
    plot, middle = node_on_page(explorer, "u1")
    plot.hover(position=middle)
    expect(view.locator(".panel:visible .readout").first).to_have_text("u₁ = −0.757, dJ/du₁ = 0.969, numerical check 0.969 ✓")
    plot.click(position=middle)
    expect(view.get_by_role("status")).to_have_text("u₁ = sin(t) = sin(4) = −0.757")
    plot.click(position=middle)
    expect(view.get_by_role("status")).to_contain_text("dJ/du₁ += 0.969×1 = 0.969")
    view.locator(".backprop-table .entry", has_text="dJ/dx += dJ/dt·2·x").click()
    expect(view.get_by_role("status")).to_contain_text("dJ/dx += 2.275×4 = 9.099")


def test_a_formula_is_typed_refused_and_kept_in_the_address(explorer, page, view):
    field = view.get_by_label("Formula", exact=True)
    field.fill("p = x*y; sin(p) + p @ 2")
    field.press("Control+Enter")
    expect(view.get_by_role("alert")).to_contain_text("“@ 2” cannot be read")
    expect(field).to_have_value("p = x*y; sin(p) + p @ 2")
    field.fill("p = x*y; sin(p) + p**2")
    field.press("Control+Enter")
    expect(view.get_by_label("Preset", exact=True)).to_have_value("custom")
    expect(view.get_by_label("Input y", exact=True)).to_have_value("3")
    view.get_by_label("Input y", exact=True).fill("-1")
    view.get_by_label("Input y", exact=True).press("Tab")
    expect(view.locator("[data-fact=size]")).to_have_text("J = 3.091; dJ/dx = 4.416, dJ/dy = −8.832")
    explorer.step(5)
    page.wait_for_url("**formula=**inputs=**step=5**")
    before = explorer.state(), explorer.sentence()
    explorer.open(page.url.removeprefix(explorer.url))
    assert (explorer.state(), explorer.sentence()) == before
    assert_sgd_steps_are_taken(explorer, page, view)


def assert_sgd_steps_are_taken(explorer, page, view):
    """By their button, one at a time: the loss falls. The page with its fields and its curve is accessible."""
    view.get_by_label("Preset", exact=True).select_option("Case 2: one hidden layer")
    expect(view.locator("[data-part=curve]")).to_be_hidden()
    more = view.get_by_role("button", name="More sgd steps")
    for _ in range(3):
        more.click()
    expect(view.locator("[data-fact=curve]")).to_contain_text("after 3 steps")
    losses = explorer.data("loss_line")["loss"]
    assert len(losses) == 4
    assert losses == sorted(losses, reverse=True)
    assert_shown(explorer, preset="network", sgd_steps=3)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def assert_forty_nodes_stand_apart(explorer):
    """No box overlaps another one, and every text fits its box, measured in the page's own font."""
    explorer.set(formula=FORTY)
    explorer.step(explorer.state()["steps"] - 1)
    nodes = explorer.data("nodes")
    assert len(nodes["name"]) == 40
    boxes, scene, width, height, letters = shown_boxes(explorer)
    texts = [*explorer.data("formulas")["text"], *explorer.data("values")["text"], *explorer.data("gradients")["text"]]
    measured = explorer.page.evaluate(MEASURE, [letters, texts])
    for n, text_width in enumerate(measured):
        assert text_width < boxes[n % 40][2] * width, f"{texts[n]} is wider than its box in the {scene} drawing"
    for n, (x, y, w, h) in enumerate(boxes):
        assert letters * 3 < h * height
        for x1, y1, w1, h1 in boxes[:n]:
            assert abs(x - x1) * width >= (w + w1) / 2 * width - 0.01 or abs(y - y1) * height >= (h + h1) / 2 * height - 0.01


def shown_boxes(explorer):
    """The boxes of the drawing that is shown, as shares, which one it is, its size, and the height of its letters."""
    plot = explorer.page.locator(".view:not([hidden]) .panel[data-only]:visible .plot")
    scene = plot.locator("xpath=ancestor::figure").get_attribute("data-only")
    nodes, frame = explorer.data("nodes"), plot.bounding_box()
    boxes = list(zip(*(nodes[f"{scene}_{name}"] for name in "xywh"), strict=True))
    letters = explorer.data("formulas")[f"{scene}_size"][0] * frame["width"]
    return boxes, scene, frame["width"], frame["height"], letters


def test_the_algorithm_and_the_layers_take_the_tables_place_and_follow_the_step(explorer, page):
    explorer.open(f"{VIEW}&beside=algorithm")
    place = page.locator(".view:not([hidden]) .backprop-beside")
    expect(place.locator("li")).to_have_count(8)
    expect(page.locator(".view:not([hidden]) .backprop-scroll")).to_be_hidden()
    explorer.step(0)
    computed = ["a. Compute u = g(v₁, …, v_N). t = x²", "b. Store the result at the node. t = 4"]
    expect(place.locator("li[data-lit]")).to_have_text(computed)
    explorer.step(11)
    expect(place.locator("li[data-lit]")).to_contain_text("dJ/dx += 2.275×4 = 9.099")
    assert Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"] == []
    page.evaluate("convoscope.views.backprop.set({preset: 'network', beside: 'layers'})")
    expect(place.locator("li b")).to_have_text([f"({letter})" for letter in "FEDCBA"])
    explorer.step(3)
    expect(place.locator("li[data-lit]")).to_contain_text("z₁ = 0.87; z₂ = 0.401")
    page.wait_for_url("**beside=layers**")
    page.evaluate("convoscope.views.backprop.set({beside: 'table'})")
    expect(place).to_be_hidden()
    expect(page.locator(".view:not([hidden]) .backprop-scroll")).to_be_visible()
