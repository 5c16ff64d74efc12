"""Decks in reveal.js: keys step the view, then the deck; only the shown view plays; state is kept; no slide is cut."""

import re

import pytest
from playwright.sync_api import expect

EDGE, BLUR = 6, 7  # the slides of the lecture's 7×7 image
SLIDE = "[...document.querySelectorAll('.slides > section')].findIndex((slide) => slide.classList.contains('present'))"
MOVING = """Promise.all([...document.querySelectorAll("section:not(.present) convoscope-view")].filter((view) => view.state)
    .map((view) => view.get().then(({ playing }) => playing))).then((found) => found.filter(Boolean).length)"""
VIEWS = ("convolution", "downsampling", "rgb", "gradients", "detective", "architectures")
SIX = """<!DOCTYPE html><title>six</title><link rel=icon href="data:,"><link rel=stylesheet href="{site}slides/reveal.css">
<style>convoscope-view {{ width: 900px; height: 500px !important }}</style>
<div class=reveal><div class=slides>{slides}</div></div>
<script type=module src=six.mjs></script>"""
START = """import {{ ConvoscopeReveal }} from "{site}convoscope-embed.js";
import Reveal from "{site}slides/reveal.esm.js";
window.deck = Reveal;
Reveal.initialize({{ plugins: [ConvoscopeReveal], viewDistance: 2, transition: "none" }});"""
LOADED = "[...document.querySelectorAll('iframe')].filter(({ contentDocument: page }) => page?.body.children.length).length"
CUT = """() => {
    const [stage, telling] = [".stage", ".telling"].map((part) => document.querySelector(`.view:not([hidden]) ${part}`));
    const { scrollHeight, scrollWidth } = document.scrollingElement;
    const lowest = Math.max(...[stage, telling].map((part) => part.getBoundingClientRect().bottom));
    return [scrollHeight - innerHeight > 1, scrollWidth - innerWidth > 1, lowest > innerHeight + 1];
}"""


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
    explorer.becomes(lambda: page.evaluate(MOVING), 0)
    press("PageDown")  # now they go to the deck, which hands them to its view
    expect(frame.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.locator(".navigate-left").click()
    explorer.becomes(lambda: page.evaluate(SLIDE), EDGE)
    expect(sentence).to_contain_text("output[4, 4]")  # as it was left
    expect(frame.get_by_role("button", name="Play", exact=True)).to_be_visible()


@pytest.fixture
def six(explorer, built_site):
    """A deck of ours with six embeds; gives what its views say of themselves, {number: state} of those that are loaded."""
    slides = "".join(f'<section><convoscope-view view="{view}"></convoscope-view></section>' for view in VIEWS)
    (built_site / "six.html").write_text(SIX.format(site=explorer.url, slides=slides))
    (built_site / "six.mjs").write_text(START.format(site=explorer.url))
    explorer.page.goto(explorer.url.replace("lectures/cnn/", "six.html"))
    expect(explorer.page.frame_locator("section.present iframe").get_by_role("button", name="Pause")).to_be_visible()
    return lambda n: explorer.page.evaluate("(n) => document.querySelectorAll('convoscope-view')[n].get()", n)


def test_six_views_in_one_deck_and_only_the_shown_one_moves(explorer, six):
    page = explorer.page

    def to_its(n, step):
        page.evaluate("([n, step]) => document.querySelectorAll('convoscope-view')[n].step(step)", [n, step])

    def shows(n):
        explorer.becomes(lambda: page.evaluate(SLIDE), n)

    assert page.evaluate(LOADED) <= 3
    to_its(0, 24)
    page.keyboard.press("PageDown")  # the view is at its end, so a presenter's remote turns the page
    shows(1)
    left = six(0)
    begun = six(1)["step"]
    explorer.becomes(lambda: six(1)["step"] > begun, True)
    assert six(0) == left  # while the shown one moves the other stays
    to_its(1, 1)
    page.keyboard.press("PageUp")
    explorer.becomes(lambda: six(1)["step"], 0)
    page.keyboard.press("PageDown")
    explorer.becomes(lambda: six(1)["step"], 1)
    page.locator(".navigate-right").click()
    shows(2)
    kept = six(1)
    for n in (3, 4, 5):
        page.evaluate("deck.next()")
        shows(n)
        expect(page.frame_locator("section.present iframe").get_by_role("button", name="Pause")).to_be_visible()
        explorer.becomes(lambda: page.evaluate(MOVING), 0)
    assert page.evaluate("deck.getSlide(0).style.display") == "none"  # far away: reveal.js has put it by
    page.evaluate("deck.slide(1)")
    assert {**six(1), "address": ""} == {**kept, "address": ""}
    page.evaluate("for (const view of document.querySelectorAll('convoscope-view')) view.replaceWith(view)")  # and all reload
    sentence = page.frame_locator("section.present iframe").locator(".view:not([hidden]) .sentence")
    expect(sentence).to_have_text(kept["sentence"])


def test_no_slide_of_the_lecture_is_cut(explorer):
    page = explorer.page
    page.goto(f"{explorer.url}slides/")
    cut = {}
    for n in range(page.locator(".slides > section").count()):
        page.evaluate("(n) => { location.hash = `#/${n}`; }", n)
        explorer.becomes(lambda: page.evaluate(SLIDE), n)
        if not page.locator("section.present convoscope-view").count():
            continue
        frame = page.locator("section.present iframe").element_handle().content_frame()
        frame.locator(".view:not([hidden]) .sentence", has_text=re.compile(r"\S")).wait_for()
        frame.evaluate("window.convoscope.ready")
        if any(found := frame.evaluate(CUT)):
            cut[n] = found
    assert cut == {}


def test_in_print_every_view_is_whole_and_shows_its_own_settings(explorer):
    page = explorer.page
    page.goto(f"{explorer.url}slides/?print-pdf")
    expect(page.locator(".printing")).to_have_text("All views are drawn: print now.", timeout=240_000)
    slides = page.evaluate(
        """() => [...document.querySelectorAll("section:has(convoscope-view)")].map((slide) => {
            const view = slide.querySelector("convoscope-view");
            const [whole, part] = [slide.parentElement, view.frame].map((element) => element.getBoundingClientRect());
            const isInside = part.bottom <= whole.bottom + 1;
            return [slide.querySelector("h2").textContent, part.height / whole.height, isInside, view.state];
        })"""
    )
    assert len(slides) > 12
    assert page.locator(".pdf-page").count() == page.locator(".slides section").count()
    for title, share, is_inside, state in slides:
        assert share > 0.5, title
        assert is_inside, title
        assert state["playing"] is False, title
    blur = next(state for title, _, _, state in slides if "blur" in title)
    assert (blur["kernel"], blur["sentence"][-3:]) == ("blur", "0.4")


def test_the_numbers_of_a_list_stand_inside_the_slide(explorer):
    explorer.page.set_viewport_size({"width": 1280, "height": 800})
    explorer.page.goto(f"{explorer.url}slides/#/1")
    items = explorer.page.locator("section.present ol > li")
    items.first.wait_for(state="attached")
    letters = "parseFloat(getComputedStyle(item).fontSize)"
    rooms = f"(items) => items.map((item) => item.getBoundingClientRect().left / {letters})"
    assert min(items.evaluate_all(rooms)) > 1.5  # letters
