"""The page keeps its promises wherever it lives: no foreign request, a strict policy, every size, every theme, an iframe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import SUB_PATH, QuietHandler, serving

WIDTHS = (320, 360, 768, 1024, 1280, 1920)


def test_the_headers_hold_a_strict_policy(explorer):
    response = explorer.page.request.get(explorer.url)
    policy = response.headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "default-src 'none'" in policy
    assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
    explorer.open()
    meta = explorer.page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert meta == policy


def test_a_planted_inline_script_is_blocked_and_noticed(explorer):
    explorer.open(ready=False)
    explorer.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.planted = true";
            document.body.append(script);
        }"""
    )
    assert explorer.page.evaluate("window.planted") is None
    explorer.becomes(lambda: any("Content Security Policy" in problem for problem in explorer.unexpected()), True)
    explorer.expect("Content Security Policy")


def test_a_planted_foreign_request_is_noticed(explorer):
    explorer.open(ready=False)
    explorer.page.evaluate("fetch('http://192.0.2.1/').catch(() => {})")
    explorer.becomes(lambda: any("192.0.2.1" in problem for problem in explorer.unexpected()), True)
    explorer.expect("foreign request", "192.0.2.1")


def test_every_url_of_the_pages_is_relative(built_site):
    for name in ("index.html", "embed.html"):
        page = (built_site / SUB_PATH / name).read_text()
        urls = re.findall(r'(?:href|src)="([^"]+)"', page)
        assert len(urls) > 15
        assert [url for url in urls if url.startswith("/") or "//" in url] == []


def test_the_site_works_at_the_root_of_a_server_too(explorer, built_site):
    with serving(built_site / SUB_PATH) as url:
        explorer.url = url
        explorer.open()
        explorer.set(kernel="blur")
        assert explorer.sentence().endswith("= 0.4")


@pytest.mark.parametrize("address", ["", "embed.html"])
def test_nothing_is_cut_at_any_width(explorer, address):
    explorer.open(address + "?step=7", ready=False)
    overflow = """() => {
        const width = document.documentElement.clientWidth;
        const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
        const inScroller = ({ parentElement }) => parentElement && (scrolls(parentElement) || inScroller(parentElement));
        const wide = [...document.body.querySelectorAll("*")].filter((element) => {
            const box = element.getBoundingClientRect();
            return element.checkVisibility() && (box.right > width + 1 || box.left < -1) && !inScroller(element);
        });
        return wide.map((element) => element.outerHTML.slice(0, 80));
    }"""
    for width in WIDTHS:
        explorer.page.set_viewport_size({"width": width, "height": 800})
        explorer.becomes(lambda: explorer.page.evaluate(overflow), [])


def test_a_phone_has_the_player_in_reach(explorer):
    explorer.page.set_viewport_size({"width": 360, "height": 740})
    explorer.open(ready=False)
    expect(explorer.page.get_by_role("button", name="Play", exact=True)).to_be_in_viewport(ratio=1)


def test_a_slide_has_the_player_in_reach(explorer):
    explorer.page.set_viewport_size({"width": 900, "height": 600})
    explorer.open("embed.html?hide=controls,caption,title", ready=False)
    expect(explorer.page.get_by_role("button", name="Play", exact=True)).to_be_in_viewport(ratio=1)


def test_a_laptop_shows_input_output_and_player_without_scrolling(explorer):
    explorer.open(ready=False)
    for part in ("input", "output"):
        expect(explorer.page.locator(f".view:not([hidden]) [data-part={part}] .plot")).to_be_in_viewport(ratio=1)
    expect(explorer.page.get_by_role("button", name="Play", exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_rule_is_broken(explorer, theme):
    explorer.open(f"?theme={theme}&step=7")
    found = Axe().run(explorer.page)
    assert [(rule["id"], [node["html"][:90] for node in rule["nodes"]]) for rule in found.response["violations"]] == []
    assert len(found.response["passes"]) > 20


def paper(page):
    return page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper')")


@pytest.mark.parametrize(
    ("scheme", "address", "expected"),
    [
        ("light", "", "#ffffff"),
        ("dark", "", "#161a21"),
        ("light", "?theme=dark", "#161a21"),
        ("dark", "?theme=light", "#ffffff"),
    ],
)
def test_the_theme_is_the_systems_unless_the_address_says_otherwise(explorer, scheme, address, expected):
    explorer.page.emulate_media(color_scheme=scheme)
    explorer.open(address, ready=False)
    explorer.becomes(lambda: paper(explorer.page), expected)


def middle_colour(explorer):
    """What the figures' signed scale has in its middle."""
    return explorer.page.evaluate(
        """() => [...Bokeh.documents[0].roots()].flatMap((root) => [...root.references()])
            .find((model) => model.tags.includes("palette=signed")).palette[128]"""
    )


def test_figures_follow_the_theme_and_zero_is_always_paper(explorer):
    explorer.open(ready=False)
    explorer.becomes(lambda: middle_colour(explorer), "#ffffff")
    explorer.page.get_by_role("button", name="Switch between light and dark").click()
    explorer.becomes(lambda: middle_colour(explorer), "#161a21")
    explorer.page.emulate_media(color_scheme="dark")
    explorer.page.reload()
    explorer.page.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
    explorer.becomes(lambda: middle_colour(explorer), "#161a21")


def test_an_embed_hides_what_its_address_names(explorer):
    page = explorer.open("embed.html?view=convolution&hide=controls,caption,title&theme=dark&step=3", ready=False)
    expect(page.get_by_role("banner")).to_have_count(0)
    for selector in (".controls", ".caption", ".about"):
        expect(page.locator(f".view:not([hidden]) {selector}")).to_be_hidden()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator(".view:not([hidden]) .sentence")).to_have_text(re.compile("= 3$"))


FRAME = """<!DOCTYPE html><title>deck</title><link rel=icon href="data:,"><input autofocus>
<iframe {sandbox} src="{url}" width=900 height=600></iframe>"""


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts allow-same-origin"', 'sandbox="allow-scripts"'])
def test_a_deck_of_another_origin_frames_it_and_keeps_its_focus(explorer, sandbox, tmp_path):
    url = explorer.url + "embed.html?view=convolution&kernel=blur&step=2"
    (tmp_path / "index.html").write_text(FRAME.format(sandbox=sandbox, url=url))
    with serving(tmp_path, QuietHandler) as deck:
        explorer.page.goto(deck.replace("127.0.0.1", "localhost"))
        frame = explorer.page.frame_locator("iframe")
        expect(frame.locator(".view:not([hidden]) .sentence")).to_contain_text("= 0.5")
        expect(explorer.page.locator("input")).to_be_focused()
        frame.get_by_role("button", name="Step forward").click()
        expect(frame.locator(".view:not([hidden]) .sentence")).to_have_text(re.compile(r"^output\[0, 3\]"))
