"""Whatever view the project has, it plays on the page and in an embed before Python has come, and its name leads to it."""

import pytest
from playwright.sync_api import expect

from convoscope.views import SLUGS


def walk(explorer, slug):
    """Go to a view as its visitors do: by the address, by the menu, in an embed; and step."""
    explorer.slug = slug
    for address in (f"?view={slug}", f"embed.html?view={slug}"):
        page = explorer.open(address, ready=False)
        shown = page.locator(".view:not([hidden])")
        assert shown.get_attribute("data-view") == slug
        before = explorer.state()
        page.evaluate("(slug) => window.convoscope.views[slug].step(1)", slug)
        assert (explorer.state()["view"], explorer.state()["step"]) == (slug, min(1, before["steps"] - 1))
        expect(shown.locator(".plot canvas").first).to_be_attached()
    page = explorer.open("", ready=False)
    link = page.locator(f"nav a[data-slug={slug}]")
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    expect(page.locator(f"[data-view={slug}] .sentence")).not_to_be_empty()
    assert page.title() == f"Convoscope: {link.inner_text()}"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_view_is_found_and_plays(explorer, slug):
    explorer.hold_python()
    walk(explorer, slug)
