"""Decks in reveal.js: keys step the view, then the deck; only the shown view moves; state is kept; no slide is cut."""

import re

import pytest
from playwright.sync_api import expect

from convoscope.homes.shell import STATIC
from convoscope.views.session import LESSONS, Session

from ..homes.test_deck import Views

DECK = (STATIC / "slides" / "index.html").read_text("utf-8")
SLIDES = re.findall(r"<section.*?</section>", DECK, re.S)
EDGE, BLUR, RECIPE = (  # two slides of the lecture's 7×7 image, one after the other, and one with a list
    next(n for n, slide in enumerate(SLIDES) if words in slide) for words in ("<h2>Identity", "<h2>Blur", "<h2>A recipe")
)
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
NO_PYTHON = "window.SharedWorker = class { port = new MessageChannel().port1; }; delete window.Worker"  # it never answers
LOADED = "[...document.querySelectorAll('iframe')].filter(({ contentDocument: page }) => page?.body.children.length).length"
SHOW_PROGRESS = """() => {  // as while the weights of a network come
    for (const box of document.querySelectorAll(".weights-progress")) {
        box.hidden = false;
        box.lastElementChild.textContent = "Loading the network’s weights: 1.2 of 4.8 MB";
    }
}"""
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
    frame.get_by_role("button", name="Last step").click()  # from here the keys go to the view
    expect(sentence).to_contain_text("output[4, 4]")
    press("PageUp")
    expect(sentence).to_contain_text("output[1, 0]")  # the stop before: where the second row begins
    press("ArrowRight")
    expect(sentence).to_contain_text("output[4, 4]")
    press("PageDown")
    explorer.becomes(lambda: page.evaluate(SLIDE), BLUR)
    expect(sentence).to_contain_text("output[0, 0]")  # nothing plays unless the deck asks for it
    press("PageDown")  # now they go to the deck, which hands them to its view
    expect(sentence).to_contain_text("output[0, 1]")
    told = page.locator("section.present .convoscope-stops")
    expect(told).to_have_text("stop 2 of 5 hold, or N: next slide")
    press("Escape")
    press("ArrowRight")
    press("ArrowLeft")
    press("ArrowLeft")  # they move the overview
    page.locator(".slides > section").nth(BLUR).click()  # and a click on a view picks its slide
    explorer.becomes(lambda: [page.evaluate(SLIDE), page.locator(".reveal.overview").count()], [BLUR, 0])
    expect(sentence).to_contain_text("output[0, 1]")
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
    explorer.becomes(lambda: explorer.page.evaluate("document.querySelector('convoscope-view').state?.step"), 0)
    return lambda n: explorer.page.evaluate("(n) => document.querySelectorAll('convoscope-view')[n].get()", n)


PLAIN = """<!DOCTYPE html><title>deck</title><link rel=icon href="data:,"><link rel=stylesheet href={slides}reveal.css>
<div class=reveal><div class=slides>{sections}</div></div>
<script type=module src=plain.mjs></script>"""
PLAIN_START = """import Reveal from "{slides}reveal.esm.js";
await (window.deck = new Reveal({{ hash: true, transition: "none" }})).initialize();"""


def test_in_the_overview_a_click_on_a_plain_iframe_picks_its_slide(explorer, built_site):
    """Without the plugin; the deck lies on the site of its embeds."""
    sections = "".join(f"<section><iframe src={explorer.url}embed.html?view={view}></iframe></section>" for view in VIEWS[:2])
    (built_site / "plain.html").write_text(PLAIN.format(slides=f"{explorer.url}slides/", sections=sections))
    (built_site / "plain.mjs").write_text(PLAIN_START.format(slides=f"{explorer.url}slides/"))
    page = explorer.page
    page.goto(explorer.url.replace("lectures/cnn/", "plain.html"))
    for n in (0, 1):
        frame = page.locator("iframe").nth(n).content_frame
        expect(frame.locator(".view:not([hidden]) .sentence")).to_contain_text("=")
    page.evaluate("deck.toggleOverview(true)")
    page.locator(".reveal.overview").wait_for()
    page.locator("section").nth(1).click()
    explorer.becomes(lambda: [page.evaluate("deck.getIndices().h"), page.locator(".reveal.overview").count()], [1, 0])


FRAGMENTS = """<section><p class=fragment>before</p><convoscope-view loading=eager></convoscope-view>
<p class=fragment>behind</p></section>
<section><div class=fragment><convoscope-view loading=eager steps=all step=22></convoscope-view></div></section>
<section><convoscope-view loading=eager style="visibility: hidden"></convoscope-view></section><section>end</section>"""
AT = f"""[{SLIDE}, document.querySelectorAll(".fragment.visible").length,
    ...[...document.querySelectorAll("convoscope-view")].map(({{ state }}) => state?.step)]"""


def test_keys_follow_the_decks_own_bindings_its_fragments_and_what_is_seen(explorer, built_site):
    explorer.expect("was preloaded")
    page, press = explorer.page, explorer.page.keyboard.press
    (built_site / "keys.html").write_text(SIX.format(site=explorer.url, slides=FRAGMENTS).replace("six", "keys"))
    script = START.format(site=explorer.url).replace("viewDistance", "keyboard: { 13: 'next', 8: 'prev' }, viewDistance")
    (built_site / "keys.mjs").write_text(script)
    page.goto(explorer.url.replace("lectures/cnn/", "keys.html"))
    explorer.becomes(lambda: page.evaluate(AT), [0, 0, 0, 22, 0])
    to_its_end = "document.querySelector('convoscope-view').step(24)"
    walk = [
        ("Enter", [0, 1, 0]), ("PageDown", [0, 1, 1]), (to_its_end, [0, 1, 24]), ("PageDown", [0, 2, 24]),
        ("PageUp", [0, 1, 24]), ("Backspace", [0, 1, 5]), (to_its_end, [0, 1, 24]), ("Enter", [0, 2, 24]),
        ("Enter", [1, 2, 24]), ("Enter", [1, 3, 24, 22]), ("Enter", [1, 3, 24, 23]), (" ", [1, 3, 24, 24]),  # hidden at first
        ("ArrowRight", [2, 3]), ("Enter", [3, 3, 24, 24, 0]), ("PageUp", [2, 3]), ("PageUp", [1, 3]),
        ("PageUp", [1, 3, 24, 23]),
        ("n", [2, 3, 24, 23]), ("p", [1, 3, 24, 23]),  # at once
    ]  # fmt: skip
    for key, found in walk:
        page.evaluate(key) if key == to_its_end else press(key)
        explorer.becomes(lambda found=found: page.evaluate(AT)[: len(found)], found)
    page.keyboard.down("PageDown")
    explorer.becomes(lambda: page.evaluate(AT)[3], 24)
    page.keyboard.down("PageDown")  # the key is held
    explorer.becomes(lambda: page.evaluate(SLIDE), 2)
    page.keyboard.down("PageDown")
    page.keyboard.up("PageDown")
    assert page.evaluate(SLIDE) == 2


def test_the_speaker_view_steps_the_projector_and_its_copies_follow(explorer):
    explorer.expect("was preloaded")
    page = explorer.page
    page.goto(f"{explorer.url}slides/#/{BLUR}")
    here = f"document.querySelectorAll('.slides > section')[{BLUR}].querySelector('convoscope-view').state?.step"
    explorer.becomes(lambda: page.evaluate(here), 0)
    page.evaluate("document.querySelector('section.present convoscope-view').step(1)")
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    speaker = opened.value

    def copies():
        return [frame.evaluate(here) for frame in speaker.frames if "receiver" in frame.url and frame.name == ""][:1]

    explorer.becomes(copies, [1])
    for key, step in (("PageDown", 4), ("PageDown", 5), ("PageUp", 4)):
        speaker.keyboard.press(key)
        explorer.becomes(lambda: page.evaluate(here), step)
        explorer.becomes(copies, [step])
    page.evaluate("document.querySelector('section.present convoscope-view').step(24)")
    explorer.becomes(copies, [24])
    speaker.keyboard.press("PageDown")
    explorer.becomes(lambda: page.evaluate(SLIDE), BLUR + 1)


def test_six_views_in_one_deck_and_only_the_shown_one_moves(explorer, six):
    explorer.expect("was preloaded")
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
    assert six(1)["playing"] is False  # unless the deck asks for it
    page.evaluate("document.querySelectorAll('convoscope-view')[1].play()")
    explorer.becomes(lambda: six(1)["step"] > 0, True)
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
        page.evaluate("(n) => document.querySelectorAll('convoscope-view')[n].play()", n)
        explorer.becomes(lambda: page.evaluate(MOVING), 0)
    assert page.evaluate("deck.getSlide(0).style.display") == "none"  # far away: reveal.js has put it by
    page.evaluate("deck.slide(1)")
    assert {**six(1), "address": ""} == {**kept, "address": ""}
    page.evaluate("for (const view of document.querySelectorAll('convoscope-view')) view.replaceWith(view)")  # and all reload
    sentence = page.frame_locator("section.present iframe").locator(".view:not([hidden]) .sentence")
    expect(sentence).to_have_text(kept["sentence"])


def show_slide(explorer, number):
    """By its address, again if need be: reveal writes the address of the slide before a little late."""
    explorer.becomes(lambda: explorer.page.evaluate(f"location.hash = '#/{number}'; {SLIDE}"), number)


def test_no_slide_of_the_lecture_is_cut(explorer):
    explorer.expect("was preloaded")
    page = explorer.page
    page.goto(f"{explorer.url}slides/")
    cut = {}
    for n in range(page.locator(".slides > section").count()):
        show_slide(explorer, n)
        if not page.locator("section.present convoscope-view").count():
            continue
        frame = page.locator("section.present iframe").element_handle().content_frame()
        frame.locator(".view:not([hidden]) .sentence", has_text=re.compile(r"\S")).wait_for()
        frame.evaluate("window.convoscope.ready")
        frame.evaluate(SHOW_PROGRESS)
        if any(found := frame.evaluate(CUT)):
            cut[n] = found
    assert cut == {}


def own_sentences():
    """For each view of the deck its slide's number and what it says at the step that the slide names."""
    told = []
    for n, slide in enumerate(SLIDES):
        for attributes in Views(slide).found:
            slug = attributes["view"]
            settings = {name: value for name, value in attributes.items() if name in LESSONS[slug].Settings.names()}
            trace = Session().handle_to_the_end({"view": slug, "name": "address", "value": settings}).trace
            told.append((n, trace.sentences[int(attributes.get("step", trace.facts.get("start", 0)))]))
    return told


def test_before_python_and_in_the_overview_every_slide_has_its_own_picture(explorer):
    explorer.expect("was preloaded")  # and is used later than Chromium likes, when many views come at once
    page = explorer.page
    page.add_init_script(NO_PYTHON)
    page.goto(f"{explorer.url}slides/")
    told = own_sentences()
    assert len(told) > 15
    wrong = {}
    for n, sentence in told:
        show_slide(explorer, n)
        frame = page.locator("section.present iframe").element_handle().content_frame()
        frame.locator(".view:not([hidden]) .sentence", has_text=re.compile(r"\S")).wait_for()
        heard = frame.evaluate("document.querySelector('.view:not([hidden]) .sentence').textContent")
        if heard != sentence or frame.locator(".notices").all_inner_texts().count("") != len(LESSONS):
            wrong[n] = heard
        only_plays = "controls" in Views(SLIDES[n]).found[0]["hide"].split(",")  # Python then comes when somebody touches it
        state = "resting" if only_plays else "loading"
        expect(frame.locator(".python")).to_have_attribute("data-state", state)
    assert wrong == {}
    show_slide(explorer, EDGE)
    page.keyboard.press("Escape")
    page.locator(".reveal.overview").wait_for()
    for n in (EDGE - 1, EDGE, BLUR):
        slide = page.locator(".slides > section").nth(n)
        whole, part = slide.bounding_box(), slide.locator("iframe").bounding_box()
        assert part["height"] > 0.5 * whole["height"]
        frame = slide.locator("iframe").element_handle().content_frame()
        explorer.becomes(lambda frame=frame: frame.evaluate(CUT), [False, False, False])


def test_in_print_every_view_is_whole_and_shows_what_its_slide_names(explorer):
    explorer.expect("was preloaded")
    page = explorer.page
    page.add_init_script(NO_PYTHON)
    page.goto(f"{explorer.url}slides/?print-pdf")
    expect(page.locator(".convoscope-printing")).to_have_text("All views are drawn: print now.", timeout=240_000)
    slides = page.evaluate(
        """() => [...document.querySelectorAll("section:has(convoscope-view)")].map((slide) => {
            const view = slide.querySelector("convoscope-view");
            const [whole, part] = [slide.parentElement, view.frame].map((element) => element.getBoundingClientRect());
            const isInside = part.bottom <= whole.bottom + 1;
            return [slide.querySelector("h2").textContent, part.height / whole.height, isInside, view.state];
        })"""
    )
    assert page.locator(".pdf-page").count() == page.locator(".slides section").count()
    for title, share, is_inside, state in slides:
        assert share > 0.5, title
        assert is_inside, title
        assert state["playing"] is False, title
    assert [state["sentence"] for *_, state in slides] == [sentence for _, sentence in own_sentences()]


def test_the_numbers_of_a_list_stand_inside_the_slide(explorer):
    explorer.page.set_viewport_size({"width": 1280, "height": 800})
    explorer.page.goto(f"{explorer.url}slides/#/{RECIPE}")
    items = explorer.page.locator("section.present ol > li")
    items.first.wait_for(state="attached")
    letters = "parseFloat(getComputedStyle(item).fontSize)"
    rooms = f"(items) => items.map((item) => item.getBoundingClientRect().left / {letters})"
    assert min(items.evaluate_all(rooms)) > 1.5  # letters
