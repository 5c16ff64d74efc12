"""Each entry of the history belongs to one view and holds its whole state; what an address asked for in vain is kept."""

import random
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import expect

TITLES = {"convolution": "Convolution", "rgb": "RGB: three channels", "gradients": "Gradients", "backprop": "Backpropagation"}
CHANGES = {
    "convolution": [{"kernel": "blur"}, {"stride": 2}, {"padding": 1}],
    "rgb": [{"seed": 7}, {"channels": "red"}, {"padding": 0}],
    "gradients": [{"layer": "relu"}, {"bias": 2}, {"stride": 2}],
    "backprop": [{"preset": "quiz"}, {"preset": "logistic"}, {"formula": "x*y"}],
}


def now(page):
    """The view that is shown, with its settings and its step, and the address that should say the same."""
    return page.evaluate(
        """() => {
            const slug = document.querySelector(".view:not([hidden])").dataset.view;
            return { ...window.convoscope.views[slug].state(), playing: false, search: location.search };
        }"""
    )


def settled(explorer):
    """The state, once the address bar has it."""
    page = explorer.page
    explorer.becomes(lambda: page.locator(".view[aria-busy]").count(), 0)
    page.evaluate("dispatchEvent(new Event('pagehide'))")  # then the page writes the address without waiting
    return now(page)


def go(explorer, slug):
    explorer.page.get_by_role("link", name=TITLES[slug], exact=True).click()
    expect(explorer.page.locator(f"[data-view={slug}]")).to_be_visible()
    explorer.becomes(lambda: explorer.page.evaluate("(slug) => slug in window.convoscope.views", slug), True)
    explorer.slug = slug


@pytest.mark.parametrize("seed", [1, 2])
def test_random_walks_through_the_history_find_every_state_again(explorer, seed):
    rng = random.Random(seed)
    explorer.open("?view=convolution")
    entries, at = [settled(explorer)], 0
    for _ in range(14):
        move = rng.choice(["view", "change", "step", "back", "back", "forward"])
        page = explorer.page
        if move == "view":
            go(explorer, rng.choice([slug for slug in TITLES if slug != entries[at]["view"]]))
            entries, at = [*entries[: at + 1], settled(explorer)], at + 1
        elif move in ("change", "step"):
            explorer.slug = entries[at]["view"]
            if move == "change":
                explorer.set(**rng.choice(CHANGES[explorer.slug]))
            else:
                page.get_by_role("button", name="Step forward").locator("visible=true").click()
            entries[at] = settled(explorer)
        elif 0 <= at + (1 if move == "forward" else -1) < len(entries):
            at += 1 if move == "forward" else -1
            (page.go_forward if move == "forward" else page.go_back)()
            explorer.becomes(lambda at=at: settled(explorer), entries[at])
        found = now(page)
        assert dict(parse_qsl(found["search"].removeprefix("?"))).get("view", "convolution") == found["view"]


def test_the_way_of_the_report(explorer):
    """?kernel=blur, RGB with seed 7, Convolution, and back twice."""
    page = explorer.open("?kernel=blur")
    go(explorer, "rgb")
    explorer.set(seed=7)
    settled(explorer)
    go(explorer, "convolution")
    settled(explorer)
    page.go_back()
    page.wait_for_url("**/?view=rgb&seed=7")
    explorer.slug = "rgb"
    explorer.becomes(lambda: explorer.state()["seed"], 7)
    page.go_back()
    page.wait_for_url("**/?kernel=blur")
    explorer.slug = "convolution"
    explorer.becomes(lambda: explorer.state()["kernel"], "blur")


REFUSED = [
    ("?view=backprop&preset=custom&formula=2%2B%7Cx%7C&inputs=x%3D5", "Formula", "2+|x|", "cannot be read"),
    ("?view=architectures&architecture=own&text=conv+six", "Layers", "conv six", "conv"),
    ("?padding=lots&stride=2", "Padding", "lots", "must be a whole number"),
]


@pytest.mark.parametrize(("address", "label", "text", "reason"), REFUSED)
def test_what_an_address_asks_for_in_vain_stays_there_and_in_its_field(explorer, address, label, text, reason):
    page = explorer.open(address)
    before = page.url
    notices = page.locator(".view:not([hidden]) .notices")
    expect(notices).to_contain_text(reason)
    field = page.locator(".view:not([hidden]) .controls").get_by_label(label, exact=True)
    if label != "Padding":  # a field for numbers only holds no words
        expect(field).to_have_value(text)
    settled(explorer)
    assert page.url == before
    page.reload()
    page.evaluate("window.convoscope.ready")
    expect(notices).to_contain_text(reason)


def test_after_a_refused_address_the_next_change_is_remembered(explorer):
    page = explorer.open("?view=backprop&preset=custom&formula=%7Cx%7C")
    page.locator(".view:not([hidden]) .controls").get_by_label("Formula", exact=True).fill("x*x")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/?view=backprop&preset=custom&formula=x*x*")


def test_an_address_of_no_view_is_told(explorer):
    page = explorer.open("?view=nonsense", ready=False)
    expect(page.locator(".view:not([hidden]) .notices")).to_contain_text("There is no view “nonsense”; the views are conv")
