"""The site's lecture deck in reveal.js: keys step the view, then the deck; only the shown view plays; state is kept."""

import pytest
from playwright.sync_api import expect

EDGE, BLUR = 6, 7  # the slides of the lecture's 7×7 image
SLIDE = "[...document.querySelectorAll('.slides > section')].findIndex((slide) => slide.classList.contains('present'))"
MOVING = """Promise.all([...document.querySelectorAll("section:not(.present) convoscope-view")].filter((view) => view.state)
    .map((view) => view.get().then(({ playing }) => playing))).then((found) => found.filter(Boolean).length)"""


@pytest.fixture
def context_options():
    return {"viewport": {"width": 1280, "height": 720}, "service_workers": "block"}


def test_keys_step_the_view_first_and_then_turn_the_page(explorer):
    page = explorer.page
    press = page.keyboard.press
    page.goto(f"{explorer.url}slides/#/{EDGE}")
    frame = page.frame_locator("section.present iframe")
    sentence = frame.locator(".view:not([hidden]) .sentence")
    expect(frame.get_by_role("button", name="Pause")).to_be_visible()  # its slide is shown, so it plays
    frame.get_by_role("button", name="Last step").click()  # from here the keys go to the view
    expect(sentence).to_contain_text("output[4, 4]")
    press("PageUp")
    expect(sentence).to_contain_text("output[4, 3]")
    press("ArrowRight")
    expect(sentence).to_contain_text("output[4, 4]")
    press("PageDown")
    explorer.becomes(lambda: page.evaluate(SLIDE), BLUR)
    expect(frame.get_by_role("button", name="Pause")).to_be_visible()
    assert page.evaluate(MOVING) == 0
    press("PageDown")  # now they go to the deck, which hands them to its view
    expect(frame.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.locator(".navigate-left").click()
    explorer.becomes(lambda: page.evaluate(SLIDE), EDGE)
    expect(sentence).to_contain_text("output[4, 4]")  # as it was left
    expect(frame.get_by_role("button", name="Play", exact=True)).to_be_visible()
