"""The links to the views: in one or two lines where there is room, in a menu where there is none; ten views fit."""

import pytest
from playwright.sync_api import expect

TEN = """() => {
    const links = document.querySelector("nav[aria-label=Views]");
    for (let n = 1; links.children.length < 10; n++) {
        const link = links.lastElementChild.cloneNode(true);
        link.removeAttribute("aria-current");
        link.textContent = `One more view ${n}`;
        links.append(link);
    }
}"""
OUTSIDE = """() => [...document.querySelectorAll(".masthead a, .masthead button")]
    .filter((part) => part.checkVisibility())
    .map((part) => [part.getBoundingClientRect(), part.textContent])
    .filter(([box]) => box.left < 0 || box.right > innerWidth || box.height < 24)
    .map(([, words]) => words)"""


@pytest.fixture
def page(explorer):
    """The page with ten views at least; Python is not needed here."""
    explorer.hold_python()
    page = explorer.open(ready=False)
    page.evaluate(TEN)
    return page


@pytest.mark.parametrize("width", [961, 1280])
def test_ten_views_take_two_lines_at_most_and_the_player_stays_in_reach(explorer, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    links = page.get_by_role("navigation", name="Views").get_by_role("link")
    expect(links.last).to_be_in_viewport(ratio=1)
    explorer.becomes(lambda: page.evaluate(OUTSIDE), [])
    lines = {round(link.bounding_box()["y"]) for link in links.all()}
    assert len(lines) <= (2 if width == 1280 else 3)
    if width == 1280:
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [320, 800])
def test_where_there_is_no_room_a_menu_holds_the_views(explorer, page, width):
    page.set_viewport_size({"width": width, "height": 740})
    button = page.get_by_role("button", name="Views", exact=True)
    menu = page.get_by_role("navigation", name="Views")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(menu.get_by_role("link").last).to_be_in_viewport(ratio=1)
    explorer.becomes(lambda: page.evaluate(OUTSIDE), [])
    expect(menu.get_by_role("link", name="Convolution")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    expect(menu).to_be_visible()
    page.get_by_role("heading", name="Convolution").click(position={"x": 3, "y": 3})
    expect(menu).to_be_hidden()
    button.click()
    menu.get_by_role("link", name="Downsampling").click()
    expect(menu).to_be_hidden()
    expect(page.get_by_role("region", name="Downsampling")).to_be_visible()


@pytest.mark.parametrize("view", ["convolution&quiz=on", "downsampling&quiz=on", "rgb&quiz=on"])
@pytest.mark.parametrize("hidden", ["", "controls,caption,title"])
def test_a_slide_shows_the_picture_the_prediction_and_the_player_at_once(explorer, view, hidden):
    explorer.page.set_viewport_size({"width": 800, "height": 520})
    explorer.hold_python()
    page = explorer.open(f"embed.html?view={view}&hide={hidden}", ready=False)
    for part in (".stage", ".quiz", ".player"):
        expect(page.locator(f".view:not([hidden]) {part}")).to_be_in_viewport(ratio=1)


def test_the_style_sheet_of_a_view_comes_with_the_view(explorer):
    """And not with the page: only the view that is opened is dressed."""
    sheets = """performance.getEntriesByType("resource").flatMap(({ name }) => name.match(/(\\w+)(?=\\/own.css)/)?.[1] ?? [])"""
    page = explorer.open("?view=train", ready=False)
    assert page.evaluate(sheets) == ["train"]
    page.get_by_role("link", name="Backpropagation", exact=True).click()
    expect(page.locator("[data-view=backprop] .sentence")).to_contain_text("=")
    assert page.evaluate(sheets) == ["train", "backprop"]
    expect(page.locator(".backprop-scroll")).to_have_css("overflow", "auto")
    expect(page.locator("[data-view=backprop]")).to_have_css("visibility", "visible")
