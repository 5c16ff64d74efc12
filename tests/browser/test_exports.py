"""Exports of every view: the file opens and works, and what a picture shows is the step that was asked for, all of it."""

import base64
import html
import io
import re

import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import expect

from convoscope.homes.single_file import single_file
from convoscope.views import SLUGS

from .conftest import Explorer, new_context

MARGIN, FINE = 16, 2  # static/js/snapshot.mjs
CELL = 8  # pixels
SETTLED = "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
MOST_BYTES = 1_200_000
EMBED = """([data, text]) => {
    const [first, second] = document.querySelectorAll("iframe");
    first.src = data;
    second.srcdoc = text;
}"""
TO_THE_END = """(slug) => {
    const view = convoscope.views[slug];
    view.step(1e9);
    return [view.state().steps - 1, document.querySelector(".view .sentence").textContent];
}"""
ADDRESS_IS_WRITTEN = "dispatchEvent(new Event('pagehide'))"  # now, and not in a moment

# For each step the picture, taken at once, then its sentence and what the figures' glyphs hold and should hold: not what
# their sources were given, but what BokehJS paints.
AT_ONCE = """async ([slug, steps]) => {
    const [view, found] = [convoscope.views[slug], []];
    const plain = (value) => (ArrayBuffer.isView(value) ? [...value] : value);
    const list = (values) => JSON.stringify(Array.from(values, plain));
    const held = ({ glyph, model: { data_source } }) => [...glyph.model].flatMap((property) => {
        const { field, transform } = property.is_value ? {} : property.get_value() ?? {};
        const values = glyph[property.attr]?.array ?? glyph[property.attr];
        const isImage = values?.[0]?.shape;
        const isOther = transform || /angle|color/.test(property.attr); // radians, numbers of colours
        if (isOther || isImage || !(field in data_source.data) || !values?.length) return [];
        return [[`${data_source.name}.${field}`, list(values), list(data_source.data[field])]];
    });
    for (const step of steps) {
        view.step(step);
        const picture = await view.picture("svg");
        const plots = Bokeh.index.roots.filter(({ el }) => el.clientWidth);
        const renderers = plots.flatMap(({ renderer_views }) => [...(renderer_views?.values() ?? [])]);
        const glyphs = renderers.filter(({ glyph, model }) => glyph && model.visible);
        found.push([picture, document.querySelector(".view .sentence").textContent, glyphs.flatMap(held)]);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The page of each view in one file, written once."""
    folder, made = tmp_path_factory.mktemp("files"), {}

    def file(slug):
        if slug not in made:
            made[slug] = folder / f"{slug}.html"
            made[slug].write_text(single_file(slug), "utf-8")
        return made[slug]

    return file


@pytest.fixture
def opened(browser, files):
    """Opens the file of a view, with the network off; nothing may go wrong there."""
    context = new_context(browser, viewport={"width": 1100, "height": 900}, offline=True)
    explorer = Explorer(context.new_page(), "")
    explorer.expect("foreign request: file:")

    def open_file(slug):
        explorer.slug = slug
        explorer.open(files(slug).as_uri())
        return explorer

    yield open_file
    context.close()
    assert explorer.unexpected() == []


@pytest.mark.parametrize("slug", SLUGS)
def test_a_file_is_small_and_plays_where_it_has_no_address(slug, browser, files):
    """In a deck with embedded resources (data:) and in a notebook's cell (about:srcdoc)."""
    text = files(slug).read_text()
    assert len(text.encode()) <= MOST_BYTES
    context = new_context(browser, viewport={"width": 1100, "height": 900}, offline=True)
    deck = Explorer(context.new_page(), "")
    data = "data:text/html;base64," + base64.b64encode(text.encode()).decode()
    deck.page.set_content("<iframe width=1000 height=700></iframe><iframe width=1000 height=700></iframe>")
    deck.page.evaluate(EMBED, [data, text])
    for frame in deck.page.frames[1:]:
        frame.locator(".view .sentence", has_text=re.compile(r"\S")).wait_for()
        frame.evaluate("window.convoscope.ready")
        last, words = frame.evaluate(TO_THE_END, slug)
        assert frame.evaluate("slug => convoscope.views[slug].state().step", slug) == last
        assert words.strip()
        frame.evaluate(ADDRESS_IS_WRITTEN)
        expect(frame.get_by_role("button", name="Copy link")).to_be_hidden()
    context.close()
    assert deck.unexpected() == []


def some_steps(count):
    """A few steps, forth and back, so that each differs from the one before."""
    return list(dict.fromkeys([0, count // 3, count - 1, count // 2]))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_picture_shows_the_step_that_was_asked_for_whole(slug, opened):
    """Taken right after the step and when the page has come to rest: the same, to the last digit."""
    explorer = opened(slug)
    steps = some_steps(explorer.state()["steps"])
    at_once = explorer.page.evaluate(AT_ONCE, [slug, steps])
    for step, (picture, sentence, glyphs) in zip(steps, at_once, strict=True):
        explorer.page.evaluate("([slug, step]) => convoscope.views[slug].step(step)", [slug, step])
        explorer.page.evaluate(SETTLED)
        settled = explorer.page.evaluate(AT_ONCE, [slug, [step]])[0][0]
        assert (without_ids(picture) == without_ids(settled)) is True, f"step {step} was not drawn whole"
        assert sentence.split()[0] in re.sub(r"<[^>]*>", " ", html.unescape(picture))
        assert len(glyphs) > 10
        for name, drawn, given in glyphs:
            assert (name, drawn) == (name, given)
    has_the_pixels_of_the_paused_page(explorer.page, slug, steps[-1], steps[-2:][0])


def test_the_picture_of_a_formula_holds_its_whole_table(opened):
    """The words of every line, the numbers of those that are reached, also where the table scrolls on the page."""
    explorer = opened("backprop")
    table = explorer.page.locator(".backprop-table")
    picture = explorer.page.evaluate(AT_ONCE, ["backprop", [3]])[0][0]
    drawn = "".join(re.sub(r"<[^>]*>", "", html.unescape(picture)).split())
    for line in table.locator(".entry").all():
        words, numbers = (line.locator(f".{part}").text_content() for part in ("words", "numbers"))
        assert "".join(words.split()) in drawn
        if line.locator(".numbers:visible").count() and numbers:
            assert "".join((words + numbers).split()) in drawn
    assert table.locator(".entry[data-ahead]").count() > 5
    assert picture.count("<text") > table.locator(".entry").count()


def without_ids(picture):
    """An SVG without the names that BokehJS makes up."""
    return re.sub(r'id="\w+"|url\([^)]*\)|href="#\w+"', "", picture)


def has_the_pixels_of_the_paused_page(page, slug, step, other):
    far, near = png(page, slug, other), png(page, slug, step)
    page.evaluate(SETTLED)
    shown = pixels(page.locator(".view .stage").screenshot())
    height, width = shown.shape[:2]
    far, near = (distance(one[MARGIN : MARGIN + height, MARGIN : MARGIN + width], shown) for one in (far, near))
    assert near < far or step == other  # letters are painted a little otherwise, and what is no figure is left out


def distance(one, other):
    """How far two pictures are apart anywhere, of 255; what a pixel's shift does is lost in squares of CELL."""
    rows, columns = (size // CELL * CELL for size in one.shape[:2])
    squares = (one - other)[:rows, :columns].reshape(rows // CELL, CELL, columns // CELL, CELL, 3).mean(axis=(1, 3))
    return np.sqrt((squares**2).mean())


def test_films_made_by_the_page_show_each_step(explorer):
    """The last frames of both kinds of film, and where they belong: the drawings of three steps that the page made at rest."""
    explorer.slug = "rgb"
    page = explorer.open("?view=rgb", ready=False)
    last = explorer.state()["steps"] - 1
    drawn = [png(page, "rgb", step) for step in (last, last - 1, last - 2)]
    view = page.locator(".view:not([hidden])")
    view.locator(".downloads summary").click()
    data = {}
    for button in ("Animation (GIF)", "Film (WebM)"):
        page.evaluate("(step) => convoscope.views.rgb.step(step)", last - 2)
        with page.expect_download() as download:
            view.get_by_role("button", name=button).click()
        data[button] = download.value.path().read_bytes()
    with Image.open(io.BytesIO(data["Animation (GIF)"])) as film:
        frames = [np.asarray(frame.convert("RGB").reduce(FINE), float) for frame in ImageSequence.Iterator(film)]
    blank = page.context.new_page()  # the site's own policy has no media
    end = blank.evaluate(LAST_FRAME, base64.b64encode(data["Film (WebM)"]).decode())
    frames = [*frames[::-1], pixels(base64.b64decode(end), FINE)]
    nearest = [np.argmin([np.abs(frame - one).mean() for one in drawn]) for frame in frames]
    assert nearest == [0, 1, 2, 0]


# The last frame of a film as a PNG.
LAST_FRAME = """async (film) => {
    const video = document.createElement("video");
    const bytes = Uint8Array.from(atob(film), (letter) => letter.charCodeAt(0));
    video.muted = true;
    video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
    await new Promise((resolve, reject) => {
        Object.assign(video, { onended: resolve, onerror: reject, oncanplay: () => video.play() });
    });
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    const png = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
    return btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""));
}"""


def png(page, slug, step):
    """The picture of a step, taken at once, with a pixel for each of the page's."""
    ask = "([view, step]) => { view = convoscope.views[view]; view.step(step); return view.picture('png'); }"
    picture = page.evaluate(ask, [slug, step])
    return pixels(base64.b64decode(picture), FINE)


def pixels(data, fine=1):
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB").reduce(fine), float)
