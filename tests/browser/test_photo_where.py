"""Where SqueezeNet sees a class, on the real page: two classes, the grey square dragged and swept, what is painted over; and
pictures of one's own: the webcam, files that are none, weights that are damaged."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from .test_own_pictures import rate, webcam
from .test_picture_files import STRANGE, bring, saved

SLUG = "photo"
VIEW = "?view=photo"
HOSTILE = {
    "text": (b"<script>alert(1)</script>", "is no PNG, JPEG or WebP picture"),
    "half a picture": (saved(Image.effect_noise((300, 300), 90), "PNG")[:4000], "could not be read|is damaged"),
    **STRANGE,
}


def of(explorer, selector):
    return explorer.page.locator(f"[data-view=photo] {selector}")


def place(plot, across, down):
    box = plot.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def dragged(page, plot, start, end):
    plot.scroll_into_view_if_needed()
    page.mouse.move(*place(plot, *start))
    page.mouse.down()
    page.mouse.move(*place(plot, *end), steps=5)
    page.mouse.up()


def test_two_classes_stand_side_by_side_and_a_cell_of_a_map_is_asked(explorer):
    page = explorer.open(VIEW)
    page.get_by_label("Search the 1,000 classes").fill("tabby")
    page.get_by_role("button", name="Show tabby beside the first class").click()
    seen, beside = of(explorer, "[data-part=seen]"), of(explorer, "[data-part=beside]")
    expect(beside).to_be_visible()
    expect(beside.locator(".title")).to_have_text("Where it sees tabby")
    expect(beside.locator(".size")).to_contain_text("conv10[281]: mean of its 169 cells = ")
    one, other = seen.bounding_box(), beside.bounding_box()
    assert one["y"] == other["y"]
    assert one["width"] == pytest.approx(other["width"], abs=1)
    assert one["x"] + one["width"] < other["x"]
    plot = beside.locator(".plot")
    plot.hover()
    expect(beside.locator(".readout")).to_contain_text("conv10[281, 6, 6] ≈ ")
    plot.click()
    expect(of(explorer, ".asked h2")).to_contain_text("conv10[281, 6, 6] =")
    page.get_by_role("button", name="Show tabby beside the first class").click()
    expect(beside).to_be_hidden()


def test_the_grey_square_is_dragged_and_swept_and_the_sweep_can_be_stopped(explorer):
    page = explorer.open(VIEW)
    page.get_by_label("Where it sees the class", exact=True).select_option("occlusion")
    note = of(explorer, "[data-part=photo] .note")
    expect(note).to_have_text(re.compile(r"^Egyptian cat: 47\.6 % of the whole photograph, .* % of what is left"))
    plot = of(explorer, "[data-part=seen] .plot")
    dragged(page, plot, (0.5, 0.5), (0.2, 0.75))
    middle = {"cover_row": 168, "cover_column": 45}
    explorer.becomes(lambda: all(abs(explorer.state()[name] - pixel) < 6 for name, pixel in middle.items()), True)
    plot.focus()
    before = explorer.state()["cover_row"]
    page.keyboard.press("ArrowDown")
    explorer.becomes(lambda: explorer.state()["cover_row"], before + 8)
    explorer.set(patch="32")
    tools = of(explorer, "[data-part=seen] .photo-tools")
    tools.get_by_role("button", name="Sweep it over the photograph").click()
    expect(tools.get_by_role("progressbar", name="Places covered")).to_be_visible()
    expect(tools).to_contain_text(re.compile(r"[1-9]\d* of 169 places"))
    tools.get_by_role("button", name="Stop the sweep").click()
    expect(tools.get_by_role("button", name="Go on with the sweep")).to_be_visible()
    explorer.set(patch="80")
    tools.get_by_role("button", name="Sweep it over the photograph").click()
    expect(tools).to_contain_text("25 of 25 places")
    expect(of(explorer, "[data-part=seen] .note")).to_contain_text("Least logit, ")
    expect(tools.get_by_role("button")).to_be_disabled()


def test_what_is_painted_over_changes_the_answer_and_can_be_taken_away(explorer):
    page = explorer.open(VIEW)
    plot = of(explorer, "[data-part=photo] .plot")
    dragged(page, plot, (0.3, 0.4), (0.7, 0.4))
    assert explorer.state()["erased"] == ""  # first the button
    page.get_by_role("button", name="Paint over it").click()
    dragged(page, plot, (0.3, 0.4), (0.7, 0.4))
    explorer.becomes(lambda: explorer.state()["erased"] != "", True)
    expect(of(explorer, "[data-part=photo] .note")).to_contain_text("% of what is left")
    drawn = explorer.data("photo")["image"][0]
    cells = explorer.state()["erased"]
    plot.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    explorer.becomes(lambda: explorer.state()["erased"] != cells, True)
    assert explorer.data("photo")["image"][0] != drawn
    page.get_by_role("button", name="Take the paint away").click()
    explorer.becomes(lambda: explorer.state()["erased"], "")
    expect(of(explorer, "[data-part=photo] .note")).to_be_empty()


def test_what_is_no_picture_is_explained_and_the_last_one_stays(explorer):
    page = explorer.open(f"{VIEW}&image=own")
    bring(page, "Picture file", saved(Image.effect_noise((300, 200), 90), "PNG"))
    explorer.becomes(lambda: explorer.state()["picture"] != "", True)
    kept = explorer.state()["picture"]
    for data, words in HOSTILE.values():
        bring(page, "Picture file", data)
        expect(of(explorer, ".own-picture [role=alert]")).to_have_text(re.compile(words))
    assert explorer.state()["picture"] == kept


@pytest.mark.usefixtures("own_python")
def test_damaged_weights_are_explained_and_fetched_anew(explorer):
    answers = []

    def damaged(route):
        answer = route.fetch()
        answers.append(answer.status)
        route.fulfill(response=answer, body=answer.body()[:-5000] if len(answers) == 1 else answer.body())

    explorer.page.route("**/squeezenet.npz", damaged)
    page = explorer.open(VIEW)
    expect(of(explorer, ".notices")).to_contain_text("imagenet/squeezenet.npz is damaged")
    page.get_by_label("Photograph", exact=True).select_option("panda")
    expect(of(explorer, "[data-part=scores] .size")).to_contain_text("It is sure: giant panda")
    assert len(answers) == 2


def test_the_webcam_is_read_live(explorer):
    """Memory: benchmarks/photo.py reads 200 pictures, and tests/views/test_photo_where.py holds Python's."""
    page = explorer.open(f"{VIEW}&image=own")
    webcam(page).click()
    expect(rate(page)).to_be_visible()
    first = explorer.state()["picture"]
    explorer.becomes(lambda: explorer.state()["picture"] != first, True)
    page.get_by_role("button", name="Stop the webcam").click()
    expect(rate(page)).to_be_hidden()
    expect(of(explorer, "[data-part=scores] .size")).to_have_text(re.compile(r"^It (is sure|hesitates|does not know): "))


def test_on_the_panel_server_a_sweep_goes_on_in_its_threads_and_the_page_says_where_pictures_go(panel_explorer):
    page = panel_explorer.open(f"{VIEW}&why=occlusion&patch=80")
    expect(of(panel_explorer, ".photo-own")).to_contain_text("server of this page, which has loaded its weights once")
    tools = of(panel_explorer, "[data-part=seen] .photo-tools")
    tools.get_by_role("button", name="Sweep it over the photograph").click()
    page.get_by_label("Order of the maps").select_option("number")  # which is answered meanwhile
    expect(tools).to_contain_text("25 of 25 places")
    assert panel_explorer.state()["order"] == "number"
