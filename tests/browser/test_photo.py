"""The photo view on the real page: weights that come when it is opened, layers that fold, units, classes, the film."""

import pytest
from playwright.sync_api import expect

SLUG = "photo"
VIEW = "?view=photo"


def of(explorer, selector):
    return explorer.page.locator(f"[data-view=photo] {selector}")


@pytest.mark.usefixtures("own_python")
def test_the_weights_come_when_the_view_is_opened_and_everything_can_be_asked(explorer):
    asked = []
    explorer.page.on("request", lambda request: asked.append(request.url))
    page = explorer.open("?view=architectures")
    assert not [url for url in asked if "imagenet/" in url or "photos/" in url]
    page.get_by_role("link", name="Show it a photograph").click()
    explorer.becomes(lambda: len([url for url in asked if url.endswith("imagenet/squeezenet.npz")]), 1)
    expect(of(explorer, "[data-part=scores] .size")).to_contain_text("Egyptian cat (47.6 %)")
    expect(of(explorer, ".weights-progress")).to_be_hidden()

    page.get_by_label("Photograph", exact=True).select_option("panda")
    expect(of(explorer, "[data-part=scores] .size")).to_contain_text("It is sure: giant panda")

    of(explorer, "summary", ).filter(has_text="fire9").click()
    page.get_by_role("button", name="fire9.concat").click()
    expect(page.get_by_role("button", name="fire9.concat")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Next maps").click()
    explorer.becomes(lambda: page.evaluate("convoscope.views.photo.state().page"), 1)

    page.get_by_label("Search the 1,000 classes").fill("siamese")
    page.get_by_role("button", name="Siamese cat: ").click()
    expect(of(explorer, ".photo-class")).to_contain_text("Siamese cat, Siamese (class 284)")
    assert "conv10[284]" in of(explorer, "[data-part=seen] .size").text_content()

    page.evaluate("convoscope.views.photo.set({layers: 'logits', unit: ''})")
    plot = of(explorer, "[data-part=maps] .plot")
    plot.click(position={"x": 12, "y": plot.bounding_box()["height"] - 16})
    expect(of(explorer, ".asked h2")).to_contain_text("logits[960] =")
    of(explorer, ".asked .grids button").first.click()
    expect(of(explorer, ".asked h2")).to_contain_text("conv10[960, 0, 0] =")
    assert of(explorer, ".asked input").count() == 0


def test_the_film_is_stepped_and_a_stage_opens_its_layer(explorer):
    page = explorer.open(f"{VIEW}&step=5")
    expect(of(explorer, ".sentence")).to_contain_text("fire2.expand1x1: 64 filters of 1×1 slide over fire2.squeeze")
    plot, boxes = of(explorer, "[data-part=wide] .plot"), explorer.data("film_boxes")
    frame, n = plot.bounding_box(), 10
    place = [boxes[f"wide_{name}"][n] + boxes[f"wide_{size}"][n] / 2 for name, size in (("left", "width"), ("top", "height"))]
    plot.click(position={"x": place[0] * frame["width"], "y": place[1] * frame["height"]})
    explorer.becomes(lambda: page.evaluate("convoscope.views.photo.state().layers"), "fire3.expand3x3")
    explorer.becomes(lambda: page.evaluate("convoscope.views.photo.state().step"), n)
