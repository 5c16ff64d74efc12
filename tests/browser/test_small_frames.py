"""In small embeds every text can be read, the sentence is shown with its end, and nothing runs out of the frame."""

import pytest

from convoscope.views.session import LESSONS

SIZES = ((320, 240), (480, 270), (800, 450))
SMALLEST = 7  # pixels; 9 where a cell has room for them (letters.mjs)
# Of the figures that the page shows, every text that is not left out; of the page's own texts, every one that is seen.
TEXTS = """() => {
    const view = document.querySelector(".view:not([hidden])");
    const found = [];
    for (const { model } of Bokeh.index) {
        const plot = [...view.querySelectorAll(".plot")].find(({ dataset }) => dataset.figure === model.name);
        if (!plot?.offsetWidth) continue;
        for (const { glyph, visible, data_source: source } of model.renderers) {
            const isShown = visible && glyph.text_font_size?.value && glyph.text_alpha.value !== 0;
            const text = isShown && Array.from(source.data[glyph.text.field] ?? []).find((text) => String(text).trim());
            if (text) found.push([`${model.name} ${source.name}: ${text}`, parseFloat(glyph.text_font_size.value)]);
        }
        const legends = model.above.filter(({ type }) => type === "Legend");
        for (const { label_text_font_size: size } of legends) found.push([`${model.name} legend`, parseFloat(size)]);
    }
    const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { textContent: text, parentElement: parent } = walker.currentNode;
        const isShown = text.trim() && parent.checkVisibility({ visibilityProperty: true }) && parent.offsetWidth > 1;
        if (isShown) found.push([text.trim(), parseFloat(getComputedStyle(parent).fontSize)]);
    }
    return found;
}"""
SENTENCE = """() => {
    const sentence = document.querySelector(".view:not([hidden]) .sentence");
    const { scrollTop, clientHeight, scrollHeight, scrollWidth, clientWidth } = sentence;
    return [scrollTop + clientHeight >= scrollHeight - 1, scrollWidth <= clientWidth + 1];
}"""


@pytest.mark.parametrize("view", LESSONS)
def test_every_text_of_a_small_embed_can_be_read_and_the_sentence_has_its_end(explorer, view):
    explorer.open(f"embed.html?view={view}&hide=controls,caption,title")
    explorer.page.evaluate("(view) => window.convoscope.views[view].step(4)", view)
    for width, height in SIZES:
        explorer.page.set_viewport_size({"width": width, "height": height})
        explorer.becomes(lambda: [text for text in explorer.page.evaluate(TEXTS) if text[1] < SMALLEST - 0.05], [])
        explorer.becomes(lambda: explorer.page.evaluate(SENTENCE), [True, True])
        assert len(explorer.page.evaluate(TEXTS)) > 1


def test_in_a_very_small_frame_the_input_and_the_output_have_its_width(explorer):
    explorer.open("embed.html?view=convolution&hide=controls,caption,title")
    explorer.page.set_viewport_size({"width": 320, "height": 240})
    shown = explorer.page.locator(".view:not([hidden]) .panel:visible")
    explorer.becomes(lambda: shown.evaluate_all("(panels) => panels.map(({ dataset }) => dataset.part)"), ["input", "output"])
    explorer.becomes(lambda: shown.first.bounding_box()["width"] > 320 / 3, True)


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
