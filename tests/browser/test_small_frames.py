"""In small embeds what matters fills the frame, every text can be read, and the sentence is shown with its end."""

import pytest

from convoscope.views.session import LESSONS

from . import legibility

SIZES = ((320, 240), (480, 270), (800, 450))
LEAST = 9  # pixels
OVER = "[document.scrollingElement.scrollWidth - innerWidth, document.scrollingElement.scrollHeight - innerHeight]"
FILLED = 0.4  # of the frame beside what is told, at least
SENTENCE = """() => {
    const sentence = document.querySelector(".view:not([hidden]) .sentence");
    const { scrollTop, clientHeight, scrollHeight, scrollWidth, clientWidth } = sentence;
    return [scrollTop + clientHeight >= scrollHeight - 1, scrollWidth <= clientWidth + 1];
}"""


@pytest.mark.parametrize("view", LESSONS)
def test_a_small_embed_shows_what_matters_and_every_text_of_it_can_be_read(explorer, view):
    explorer.open(f"embed.html?view={view}&hide=controls,caption,title")
    page = explorer.page
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for step in (0, 4):
            page.evaluate("([view, step]) => window.convoscope.views[view].step(step)", [view, step])
            explorer.becomes(lambda: legibility.too_small(page, LEAST), [])
            explorer.becomes(lambda: legibility.unclear(page), [])
            explorer.becomes(lambda: page.evaluate(SENTENCE), [True, True])
        assert len(legibility.texts(page)) > 1
        assert page.evaluate(legibility.FILLED) > FILLED


def test_in_a_very_small_frame_the_input_and_the_output_have_its_width(explorer):
    explorer.open("embed.html?view=convolution&hide=controls,caption,title")
    explorer.page.set_viewport_size({"width": 320, "height": 240})
    shown = explorer.page.locator(".view:not([hidden]) .panel:visible")
    explorer.becomes(lambda: shown.evaluate_all("(panels) => panels.map(({ dataset }) => dataset.part)"), ["input", "output"])
    explorer.becomes(lambda: shown.first.bounding_box()["width"] > 320 / 3, True)


def test_in_a_very_small_frame_the_weights_of_a_filter_are_numbers(explorer):
    """The drawing shows one channel's row, where the output of the filter at work stands: at the next filter the next row."""
    explorer.page.set_viewport_size({"width": 320, "height": 240})
    explorer.open("embed.html?view=rgb&hide=controls,caption,title")
    explorer.slug = "rgb"

    def seen():
        found = [(text["where"].rpartition(" ")[2], text["text"]) for text in legibility.texts(explorer.page)]
        return {kind: [text for where, text in found if where == kind] for kind in ("weight_cells", "captions")}

    for step, channel in ((0, "red channel"), (17, "green channel")):
        explorer.step(step)
        explorer.becomes(lambda channel=channel: [len(seen()["weight_cells"]), channel in seen()["captions"]], [18, True])


def test_a_very_small_training_says_how_it_goes(explorer):
    explorer.page.set_viewport_size({"width": 320, "height": 240})
    explorer.open("embed.html?view=train&hide=controls,caption,title", ready=False)
    sentence = explorer.page.locator(".view:not([hidden]) .sentence")
    sentence.filter(has_text="press Start training to train it live.").wait_for()
    explorer.becomes(lambda: [over <= 1 for over in explorer.page.evaluate(OVER)], [True, True])
    box = sentence.bounding_box()
    assert box["y"] + box["height"] <= 240


def test_the_photograph_its_answer_and_its_layers_fit_a_low_frame(explorer):
    explorer.page.set_viewport_size({"width": 800, "height": 450})
    explorer.open("embed.html?view=photo&hide=controls,caption,title")
    explorer.becomes(lambda: [over <= 1 for over in explorer.page.evaluate(OVER)], [True, True])
    shown = explorer.page.locator(".view:not([hidden]) .panel:visible")
    assert shown.evaluate_all("(panels) => panels.map(({ dataset }) => dataset.part)") == ["photo", "scores", "wide"]


def test_a_notice_is_in_sight(explorer):
    explorer.open("?view=convolution&kernel=custom&weights=5000,1;1,1")
    notice = explorer.page.locator(".view:not([hidden]) .notices")
    notice.filter(has_text="5000").wait_for()
    box = notice.bounding_box()
    assert box["y"] + box["height"] <= explorer.page.viewport_size["height"] + 1


def test_the_buttons_of_the_pad_hold_their_words(explorer):
    explorer.page.set_viewport_size({"width": 1280, "height": 900})
    explorer.open("embed.html?view=network")
    buttons = explorer.page.locator(".view:not([hidden]) .tools button:visible")
    tight = "(buttons) => buttons.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length"
    assert buttons.evaluate_all(tight) == 0
    assert buttons.count() > 4


HEADROOM = """() => {
    const { model } = [...Bokeh.index].find(({ model }) => model.name === "convolution_sums");
    const { glyph } = model.renderers.find(({ glyph }) => glyph.type === "Text");
    const { start, end } = model.y_range;
    const room = ((end - 1) / (end - start)) * document.querySelector('[data-figure="convolution_sums"]').clientHeight;
    return room >= parseFloat(glyph.text_font_size.value) - glyph.y_offset.value;
}"""


def test_the_numbers_above_the_running_sum_are_whole(explorer):
    explorer.open("embed.html?view=convolution&hide=controls,caption,title", ready=False)
    for width, height in ((960, 540), (1280, 720)):
        explorer.page.set_viewport_size({"width": width, "height": height})
        explorer.becomes(lambda: explorer.page.evaluate(HEADROOM), True)


def test_an_exercise_stays_in_its_frame(explorer):
    explorer.open("embed.html?view=convolution&quiz=5&hide=controls,caption,title")
    explorer.page.locator(".quiz:visible").wait_for()
    for width, height in ((800, 450), (960, 540), (1280, 720)):
        explorer.page.set_viewport_size({"width": width, "height": height})
        explorer.becomes(lambda: [over <= 1 for over in explorer.page.evaluate(OVER)], [True, True])


def test_in_a_low_frame_what_is_to_be_predicted_is_covered_where_it_stands(explorer):
    explorer.page.set_viewport_size({"width": 800, "height": 450})
    explorer.open("embed.html?view=rgb&quiz=5&hide=controls,caption,title")
    panel = explorer.page.locator(".panel[data-boxes]:visible")
    veil = panel.locator(".veil[data-here]")
    veil.wait_for()

    def read_out():
        box = veil.bounding_box()
        explorer.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        return panel.locator(".readout").inner_text()[-20:]

    explorer.becomes(read_out, "? (yours to predict)")
