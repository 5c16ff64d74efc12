"""Once opened, the site works with the network off; a newer version waits until the user asks for it."""

import shutil

import pytest
from playwright.sync_api import expect

from convoscope.homes.offline import NAME

from .conftest import SUB_PATH, serving

pytestmark = pytest.mark.usefixtures("own_python")

INSTALL = """navigator.serviceWorker.register("service-worker.js").then(({ installing: worker }) =>
    worker ? new Promise((resolve) => worker.addEventListener("statechange", () => resolve(worker.state))) : "redundant")"""
WEIGHTS_KEPT = 'caches.match("data/imagenet/squeezenet.npz").then(Boolean)'
READY = "navigator.serviceWorker.ready.then(({ active }) => active.state)"


@pytest.fixture
def context_options():
    return {"viewport": {"width": 1280, "height": 800}, "service_workers": "allow"}


def test_the_site_works_with_the_network_off_once_it_was_opened(explorer, built_site):
    with serving(built_site) as url:  # a server of its own, which goes away
        explorer.url = f"{url}{SUB_PATH}/"
        page = explorer.open()
        assert page.evaluate(READY) in {"activating", "activated"}
        assert not page.evaluate(WEIGHTS_KEPT)  # 2 MB that one view needs are kept when it is opened
        explorer.open("?view=photo")
        explorer.becomes(lambda: page.evaluate(WEIGHTS_KEPT), True)
    explorer.open("?view=photo&image=panda")
    expect(page.locator("[data-view=photo] [data-part=scores] .size")).to_contain_text("giant panda")
    explorer.open("?view=convolution&kernel=blur&image=digit&digit=60001")
    expect(page.get_by_role("status", name="Python")).to_contain_text("Python is ready")
    explorer.becomes(lambda: explorer.state()["digit"], 60001)
    explorer.open("embed.html?view=rgb&step=4")
    page.goto(explorer.url + "?view=downsampling")
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("output[0, 0]")


def test_a_changed_site_is_offered_and_not_forced(explorer, built_site, tmp_path):
    shutil.copytree(built_site / SUB_PATH, tmp_path / "site")
    worker = tmp_path / "site" / NAME
    with serving(tmp_path / "site") as url:
        explorer.url = url
        page = explorer.open()
        page.evaluate(READY)
        text = worker.read_text()
        version = text.split('VERSION = "')[1][:12]
        worker.write_text(text.replace(version, "newer0000000"))
        explorer.open()
        offer = page.get_by_role("button", name="A newer Convoscope is here: load it")
        expect(offer).to_be_visible()
        assert page.evaluate("caches.keys()") == [f"convoscope-{version}", "convoscope-newer0000000"]
        offer.click()
        page.wait_for_event("load")
        explorer.becomes(lambda: page.evaluate("caches.keys()"), ["convoscope-newer0000000"])


def test_a_file_that_is_not_as_listed_is_never_kept(explorer, built_site, tmp_path):
    shutil.copytree(built_site / SUB_PATH, tmp_path / "site")
    (tmp_path / "site" / "convoscope-embed.js").write_text("// somebody else's words")
    explorer.expect("integrity", "digest", "service worker", "ServiceWorker")
    with serving(tmp_path / "site") as url:
        explorer.url = url
        page = explorer.open()
        assert page.evaluate(INSTALL) == "redundant"
