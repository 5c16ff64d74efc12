"""With the network off what was opened works, and everything once the user has asked for it; a newer version waits."""

import shutil

import pytest
from playwright.sync_api import expect

from convoscope.homes.offline import NAME

from .conftest import SUB_PATH, serving

pytestmark = pytest.mark.usefixtures("own_python")

KEEP = "Keep everything offline"
KEPT = "Everything is kept: all views and the slides work without a network."
IS_KEPT = "(path) => caches.match(path, { ignoreSearch: true }).then(Boolean)"


@pytest.fixture
def context_options():
    return {"viewport": {"width": 1280, "height": 800}, "service_workers": "allow"}


def offer(page):
    """The button that keeps everything: it comes when what was opened is kept."""
    return page.get_by_role("button", name=KEEP)


def test_what_was_opened_works_with_the_network_off(explorer, built_site):
    with serving(built_site) as url:  # a server of its own, which goes away
        explorer.url = f"{url}{SUB_PATH}/"
        page = explorer.open()
        offer(page).wait_for()
        assert not page.evaluate(IS_KEPT, "data/imagenet/squeezenet.npz")  # 2 MB that another view needs
        page.get_by_role("link", name="RGB: three channels", exact=True).click()
        folder = page.evaluate("JSON.parse(document.getElementById('site').textContent).runtime.archives")
        explorer.becomes(lambda: page.evaluate(IS_KEPT, f"{folder}python/view-rgb.zip"), True)
    explorer.open("?view=convolution&kernel=blur")
    explorer.becomes(lambda: explorer.state()["kernel"], "blur")
    explorer.open("?view=rgb&stride=2")
    explorer.becomes(lambda: explorer.page.evaluate("convoscope.views.rgb.state().stride"), 2)


def test_everything_works_with_the_network_off_when_it_was_asked_for(explorer, built_site):
    with serving(built_site) as url:
        explorer.url = f"{url}{SUB_PATH}/"
        page = explorer.open()
        offer(page).click()
        expect(page.get_by_text(KEPT)).to_be_visible()
        expect(offer(page)).to_be_hidden()
    explorer.open("?view=photo&image=panda")
    expect(page.locator("[data-view=photo] [data-part=scores] .size")).to_contain_text("giant panda")
    expect(offer(page)).to_be_hidden()
    explorer.open("?view=convolution&kernel=blur&image=digit&digit=60001")
    explorer.becomes(lambda: explorer.state()["digit"], 60001)
    for address in ("slides/", "slides", "slides/?x=1"):
        page.goto(explorer.url + address + "#/5")
        frame = page.frame_locator(".slides > .present iframe")
        expect(frame.locator(".view:not([hidden]) .sentence")).to_contain_text("=")
        assert page.url.startswith(f"{explorer.url}slides/")


@pytest.mark.parametrize("is_of_the_page", [False, True])
def test_a_changed_site_is_offered_and_not_forced(explorer, built_site, tmp_path, is_of_the_page):
    """A page that has come from the network with the newer version needs no offer."""
    shutil.copytree(built_site / SUB_PATH, tmp_path / "site")
    worker = tmp_path / "site" / NAME
    with serving(tmp_path / "site") as url:
        explorer.url = url
        page = explorer.open()
        offer(page).wait_for()
        for path in worker.parent.glob(f"{NAME}.*"):
            path.unlink()
        text = worker.read_text()
        version = text.split('VERSION = "')[1][:12]
        newer = text.replace(version, "newer0000000")
        worker.write_text(newer if is_of_the_page else newer.replace('"assets-', '"assets-newer-'))
        explorer.open()
        if not is_of_the_page:
            renew = page.get_by_role("button", name="A newer Convoscope is here: load it")
            expect(renew).to_be_visible()
            assert page.evaluate("caches.keys()") == [f"convoscope-{version}", "convoscope-newer0000000"]
            renew.click()
            page.wait_for_event("load")
        explorer.becomes(lambda: page.evaluate("caches.keys()"), ["convoscope-newer0000000"])
        explorer.becomes(lambda: page.evaluate(IS_KEPT, "data/photos/index.json"), False)
        assert page.evaluate(IS_KEPT, "pyodide-0.27.7/pyodide.asm.wasm")  # taken over: it has not changed


def test_a_file_that_is_not_as_listed_is_never_kept_and_named(explorer, built_site, tmp_path):
    shutil.copytree(built_site / SUB_PATH, tmp_path / "site")
    for path in (tmp_path / "site").glob("convoscope-embed.js*"):
        path.unlink()
    (tmp_path / "site" / "convoscope-embed.js").write_text("// somebody else's words")
    explorer.expect("integrity", "digest")
    with serving(tmp_path / "site") as url:
        explorer.url = url
        page = explorer.open()
        offer(page).click()
        said = page.locator(".keep .said")
        expect(said).to_contain_text("Not everything could be kept: convoscope-embed.js could not be kept")
        expect(offer(page)).to_be_visible()  # again
        assert not page.evaluate(IS_KEPT, "convoscope-embed.js")
