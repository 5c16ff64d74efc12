"""An embed obeys its frame and nobody else, gives keys back to the deck, and shares one Python with its neighbours."""

import pytest
from playwright.sync_api import expect

from .conftest import QuietHandler, serving

DECK = """<!DOCTYPE html><title>deck</title><link rel=icon href="data:,"><input aria-label="notes" autofocus>
<script>window.heard = []; addEventListener("message", ({{ data }}) => heard.push(data));</script>{body}"""
KEEP_WHAT_IS_TOLD = """(sentence) => {
    window.told = [];
    new MutationObserver(() => told.push(sentence.textContent.split(" = ")[0])).observe(sentence, { childList: true });
}"""
FRAME = '<iframe src="{url}" width=900 height=600 {more}></iframe>'
COMPONENT = """<script type=module src="{site}convoscope-embed.js"></script>
<convoscope-view view="convolution" kernel="blur" height="600"></convoscope-view>"""


@pytest.fixture
def deck(explorer, tmp_path):
    """Make a page of another origin that frames what its body says; returns its origin."""
    with serving(tmp_path, QuietHandler) as url:
        origin = url.replace("127.0.0.1", "localhost").rstrip("/")

        def open_with(body):
            (tmp_path / "index.html").write_text(DECK.format(body=body))
            explorer.page.goto(origin + "/")
            return origin

        open_with.origin = origin
        yield open_with


def framed(explorer, deck, query, more=""):
    """A deck with one embed, whose address names the deck's origin; returns the embed's frame."""
    url = f"{explorer.url}embed.html?view=convolution&origin={deck.origin}&{query}"
    deck(FRAME.format(url=url, more=more))
    frame = explorer.page.frame_locator("iframe")
    expect(sentence(frame)).to_contain_text("output[")
    return frame


def sentence(frame):
    return frame.locator(".view:not([hidden]) .sentence")


def heard(explorer, event):
    """Messages of that kind which the deck has heard from its embed."""
    return explorer.page.evaluate("(event) => heard.filter((data) => data.app === 'convoscope' && data.event === event)", event)


def say(explorer, message):
    explorer.page.evaluate("(message) => frames[0].postMessage(message, '*')", message)


def test_the_frame_drives_its_embed_with_messages(explorer, deck):
    frame = framed(explorer, deck, "step=2")
    explorer.becomes(lambda: heard(explorer, "ready")[0]["state"]["step"], 2)
    say(explorer, {"app": "convoscope", "v": 1, "cmd": "set", "id": 7, "settings": {"kernel": "blur", "stride": 2}})
    explorer.becomes(lambda: [done["id"] for done in heard(explorer, "done")], [7])
    state = heard(explorer, "done")[0]["state"]
    assert (state["kernel"], state["stride"], state["step"]) == ("blur", 2, 2)
    assert "kernel=blur" in state["address"]
    say(explorer, {"app": "convoscope", "v": 1, "cmd": "step", "id": 8, "by": 1})
    expect(sentence(frame)).to_contain_text("output[1, 0]")
    wrong = [{"cmd": "explode"}, {"cmd": "toString"}, {"cmd": "get", "v": 2}, {"cmd": "step", "step": "x"}, {"cmd": "set"}]
    for number, message in enumerate(wrong):
        say(explorer, {"app": "convoscope", "v": 1, "id": 100 + number} | message)
    explorer.becomes(lambda: sorted(error["id"] for error in heard(explorer, "error")), [100, 101, 102, 103, 104])
    say(explorer, {"app": "convoscope", "v": 1, "cmd": "set", "id": 9, "settings": "kernel"})
    explorer.becomes(lambda: heard(explorer, "error")[-1]["message"], 'Settings are a table such as {"stride": 2}.')
    say(explorer, {"app": "convoscope", "v": 1, "cmd": "reset", "id": 10})
    explorer.becomes(lambda: heard(explorer, "done")[-1]["state"]["kernel"], "basic")
    expect(explorer.page.get_by_label("notes")).to_be_focused()  # an embed never takes the focus


@pytest.mark.parametrize(
    "origin", ["", "http://localhost.evil.example", "http://LOCALHOST:{port}", "http://127.0.0.1:{port}", "*"]
)
def test_strangers_cannot_drive_an_embed(explorer, deck, origin):
    port = deck.origin.rsplit(":", 1)[1]
    url = f"{explorer.url}embed.html?view=convolution&share=false&origin={origin.format(port=port)}"
    explorer.expect("postMessage", "target origin")  # Chromium says in the console that what the embed told went nowhere
    deck(FRAME.format(url=url, more=""))
    frame = explorer.page.frame_locator("iframe")
    expect(sentence(frame)).to_contain_text("output[0, 0]")
    say(explorer, {"app": "convoscope", "v": 1, "cmd": "step", "id": 1, "step": 5})
    say(explorer, "slide:stop")  # this one is reveal.js's and harmless: when it has been handled, so has the first
    frame.locator("body").evaluate("() => new Promise((resolve) => setTimeout(resolve))")
    expect(sentence(frame)).to_contain_text("output[0, 0]")
    assert heard(explorer, "done") == heard(explorer, "ready") == []


def test_keys_step_the_view_first_and_then_move_the_deck(explorer, deck):
    frame = framed(explorer, deck, "step=23&share=false")
    frame.get_by_role("heading", name="Convolution").click()
    press = explorer.page.keyboard.press
    press("PageDown")
    expect(sentence(frame)).to_contain_text("output[4, 4]")
    press("ArrowRight")  # the view is at its end
    press("Escape")
    given = "heard.filter((data) => typeof data === 'string').map((text) => JSON.parse(text))"
    explorer.becomes(lambda: explorer.page.evaluate(given), [{"method": "triggerKey", "args": [code]} for code in (39, 27)])
    press("PageUp")
    expect(sentence(frame)).to_contain_text("output[4, 3]")
    assert len(explorer.page.evaluate(given)) == 2
    for _ in range(3):
        explorer.page.keyboard.down("PageDown")  # held: the slide turns at once, and only once
    explorer.page.keyboard.up("PageDown")
    explorer.becomes(lambda: [message["args"] for message in explorer.page.evaluate(given)[2:]], [[78]])
    explorer.page.evaluate("window.pressed = []; addEventListener('keydown', ({ key }) => pressed.push(key))")
    say(explorer, "slide:stop")  # a slide that was left gives the focus back,
    inside = explorer.page.frames[1]
    explorer.becomes(lambda: inside.evaluate("document.hasFocus()"), False)
    press("PageUp")
    explorer.becomes(lambda: explorer.page.evaluate("pressed"), ["PageUp"])
    inside.evaluate("dispatchEvent(new KeyboardEvent('keydown', { key: 'PageUp' }))")  # and has no use for keys
    explorer.becomes(lambda: [message["args"] for message in explorer.page.evaluate(given)[3:]], [[33]])
    expect(sentence(frame)).to_contain_text("output[4, 4]")


def test_slides_play_and_pause_it_and_the_end_can_lead_back_to_the_start(explorer, deck):
    frame = framed(explorer, deck, "loop=1&speed=8&share=false&autoplay=1")
    say(explorer, "slide:start")
    expect(frame.get_by_role("button", name="Pause")).to_be_visible()
    sentence(frame).evaluate(KEEP_WHAT_IS_TOLD)
    ends = {"output[4, 4]", "output[0, 0]"}
    explorer.becomes(lambda: ends & set(explorer.page.frames[1].evaluate("told")), ends)
    say(explorer, "slide:stop")
    expect(frame.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_off_the_screen_nothing_moves_and_no_python_is_loaded(explorer, deck):
    body = '<div style="height: 3000px"></div>'
    deck(body + FRAME.format(url=f"{explorer.url}embed.html?view=convolution&autoplay=1&loop=1", more=""))
    frame = explorer.page.frame_locator("iframe")
    expect(sentence(frame)).to_contain_text("output[0, 0]")
    inside = explorer.page.frames[1]
    assert inside.evaluate("convoscope.views.convolution.state().playing") is False
    expect(frame.get_by_role("status", name="Python")).to_contain_text("Loading Python")
    explorer.page.mouse.wheel(0, 4000)
    expect(frame.get_by_role("button", name="Pause")).to_be_visible()
    explorer.page.evaluate("scrollTo(0, 0)")
    expect(frame.get_by_role("button", name="Play", exact=True)).to_be_visible()


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts allow-same-origin"', 'sandbox="allow-scripts"'])
def test_the_web_component_wraps_an_embed(explorer, deck, sandbox):
    component = COMPONENT.format(site=explorer.url).replace("height=", f"{sandbox} height=")
    deck(component)
    page = explorer.page
    view = "document.querySelector('convoscope-view')"
    page.wait_for_function(f"{view}.state?.kernel === 'blur'")
    state = page.evaluate(f"{view}.set({{ stride: 2 }})")
    assert (state["kernel"], state["stride"]) == ("blur", 2)
    assert page.evaluate(f"{view}.step(3)")["step"] == 3
    assert page.evaluate(f"{view}.set({{ kernel: 5 }})")["kernel"] == "blur"  # no such kernel
    page.evaluate(f"(() => {{ const view = {view}, place = view.parentNode; view.remove(); place.append(view); }})()")
    expect(sentence(page.frame_locator("iframe"))).to_contain_text("output[1, 0]")  # what was set is still there
    assert page.evaluate(f"{view}.takeKey('PageDown')") is True


EARLIER = """(async () => {
    const view = document.querySelector("convoscope-view");
    const said = { app: "convoscope", v: 1, event: "state", state: { ...view.state, step: 1 } };
    const from = { source: view.frame.contentWindow, origin: location.origin };
    const late = () => dispatchEvent(new MessageEvent("message", { data: said, ...from }));
    const steps = [view.takeStep(1), view.takeStep(1), late(), view.stopFrom(1)];
    await view.get(); // and so both keys are answered
    late();
    return [...steps, view.state.step];
})()"""


def test_what_an_embed_said_before_the_last_key_does_not_lead_the_next_one_back(explorer, built_site):
    site = f'<link rel=icon href="data:,"><script type=module src="{explorer.url}convoscope-embed.js"></script>'
    (built_site / "quick.html").write_text(f'<!DOCTYPE html><title>quick</title>{site}<convoscope-view steps="all">')
    explorer.page.goto(explorer.url.replace("lectures/cnn/", "quick.html"))
    explorer.becomes(lambda: explorer.page.evaluate("document.querySelector('convoscope-view').state?.step"), 0)
    assert explorer.page.evaluate(EARLIER) == [True, True, True, 3, 1]


def test_the_wheel_is_the_decks_until_somebody_clicks(explorer, deck):
    frame = framed(explorer, deck, "share=false")
    frame.get_by_role("heading", name="Convolution").hover()
    explorer.page.mouse.wheel(0, 300)
    inside = explorer.page.frames[1]
    assert inside.evaluate("getComputedStyle(document.documentElement).overflowY") == "hidden"
    frame.get_by_role("heading", name="Convolution").click()
    explorer.becomes(lambda: inside.evaluate("getComputedStyle(document.documentElement).overflowY"), "visible")


@pytest.mark.usefixtures("own_python")
def test_neighbours_share_one_python_and_keep_their_own_settings(explorer, tmp_path):
    """On a deck of the same site; to a page of another site Chromium gives no shared worker, and each has its own."""
    url = f"{explorer.url}embed.html?view=convolution&hide=controls,caption&kernel="
    frames = [FRAME.format(url=url + kernel, more="").replace("900", "500") for kernel in ("blur", "identity", "sharpen")]
    (tmp_path / "index.html").write_text(DECK.format(body="".join(frames)))
    page = explorer.page
    with serving(tmp_path, QuietHandler) as deck:
        page.goto(deck)
        ready = "convoscope.ready.then(() => convoscope.views.convolution.state().kernel)"
        assert [frame.evaluate(ready) for frame in page.frames[1:]] == ["blur", "identity", "sharpen"]
        assert page.workers == []  # none of them has a worker of its own


def test_until_python_has_come_no_other_picture_is_shown_than_the_one_asked_for(explorer):
    explorer.hold_python()
    explorer.page.goto(f"{explorer.url}embed.html?view=convolution&kernel=gaussian&share=false")
    expect(explorer.page.locator(".view:not([hidden]) .notices")).to_have_text("Python is computing this picture.")
    expect(explorer.page.locator(".view:not([hidden]) .plot").first).not_to_be_visible()
    explorer.page.goto(f"{explorer.url}embed.html?view=convolution&kernel=blur&share=false")  # the deck's, and so built
    expect(sentence(explorer.page)).to_contain_text("= 0.4")


@pytest.mark.parametrize("view", ["network", "convolution"])
def test_with_its_controls_an_embeds_title_begins_at_their_edge(explorer, view):
    explorer.page.set_viewport_size({"width": 1280, "height": 900})
    explorer.page.goto(f"{explorer.url}embed.html?view={view}")
    expect(explorer.page.locator(".view:not([hidden]) .sentence")).not_to_be_empty()
    title, controls = (explorer.page.locator(f".view:not([hidden]) .{part}").bounding_box() for part in ("about", "controls"))
    assert title["x"] == controls["x"]
