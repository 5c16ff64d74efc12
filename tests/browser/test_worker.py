"""The worker dies, hangs or never comes: what the user made is found again, and the page says in time what is true."""

import json
import re

import pytest
from playwright.sync_api import expect

from .conftest import QuietHandler, serving
from .test_train import SMALL, opened

pytestmark = pytest.mark.usefixtures("own_python")

SLUG = "train"
SOON = 5000  # milliseconds, in which a page that cannot go on says so
DEATHS = {
    "a fault": "setTimeout(() => { throw new Error('planted fault'); })",
    "the end": "self.close()",
    "a hang": "setTimeout(() => { for (;;); })",
}


def kill(page, death):
    page.workers[-1].evaluate(DEATHS[death])


def status(page):
    return page.get_by_role("status", name="Python", exact=True)


def comes_back(explorer, first):
    """Python stopped, was started again, and is ready."""
    page = explorer.page
    explorer.becomes(lambda: first in page.workers, False)
    explorer.becomes(lambda: len(page.workers), 1)
    expect(status(page)).to_contain_text("Python is ready")


@pytest.mark.parametrize("death", DEATHS)
def test_nothing_is_lost_when_the_worker_goes_while_training_is_paused(explorer, death):
    explorer.expect("planted")
    trainer = opened(explorer)  # with the default settings, which have a preview to be taken for the run
    trainer.train(50)
    batches, learned, accuracy = (
        trainer.batches(),
        trainer.column("samples", "probabilities"),
        trainer.fact("training_accuracy"),
    )
    expect(accuracy).not_to_be_empty()
    said = accuracy.inner_text()
    first = trainer.page.workers[0]
    kill(trainer.page, death)
    comes_back(explorer, first)
    explorer.set(example=1)
    assert (trainer.batches(), trainer.column("samples", "probabilities"), accuracy.inner_text()) == (batches, learned, said)


@pytest.mark.parametrize("death", DEATHS)
def test_training_stops_at_its_last_checkpoint_when_the_worker_goes(explorer, death):
    explorer.expect("planted")
    trainer = opened(explorer, f"{SMALL}&seed=3")
    trainer.train(40)
    kept = trainer.batches()
    trainer.button("Start training").click()
    explorer.becomes(lambda: trainer.batches() > kept, True)
    first = trainer.page.workers[0]
    kill(trainer.page, death)
    comes_back(explorer, first)
    expect(trainer.fact("status")).to_have_text("paused")
    assert trainer.batches() >= kept
    assert (explorer.state()["seed"], explorer.state()["architecture"]) == (3, "logistic")
    trainer.train(1)


def test_nothing_is_lost_when_the_worker_goes_while_an_answer_is_awaited_or_while_it_is_restored(explorer):
    explorer.expect("planted")
    trainer = opened(explorer, SMALL)
    trainer.train(40)
    page, batches, learned = trainer.page, trainer.batches(), trainer.column("samples", "probabilities")
    first = page.workers[0]
    first.evaluate("self.onmessage = () => setTimeout(() => { throw new Error('planted fault'); })")
    page.evaluate("void window.convoscope.views.train.set({ batch_size: 7 })")
    comes_back(explorer, first)
    explorer.becomes(lambda: explorer.state()["batch_size"], 7)
    assert (trainer.batches(), trainer.column("samples", "probabilities")) == (batches, learned)

    deadly = """self.onmessage = (() => {
      const take = self.onmessage;
      return (event) => {
        if (event.data.type === "event") throw new Error("planted fault");
        take(event);
      };
    })();"""
    spoiled = []

    def spoil(route):
        answer = route.fetch()
        spoiled.append(1)
        route.fulfill(response=answer, body=answer.text() + (deadly if len(spoiled) == 1 else ""))

    page.route("**/worker.js", spoil)
    second = page.workers[0]
    kill(page, "a fault")
    comes_back(explorer, second)
    explorer.becomes(lambda: len(spoiled), 2)
    expect(trainer.button("Train one batch")).to_be_enabled()
    explorer.set(example=1)
    assert (trainer.batches(), trainer.column("samples", "probabilities")) == (batches, learned)


def test_nothing_is_lost_when_the_worker_goes_while_it_tests_fetches_or_exports(explorer):
    explorer.expect("planted", "ERR_FAILED", "Failed to load")
    trainer = opened(explorer, SMALL)
    trainer.train(40)
    page, batches, learned = trainer.page, trainer.batches(), trainer.column("samples", "probabilities")

    def dies(death):
        first = page.workers[0]
        kill(page, death)
        comes_back(explorer, first)
        explorer.becomes(trainer.batches, batches)
        assert trainer.column("samples", "probabilities") == learned

    page.get_by_role("button", name="Test on 10,000 digits").click()
    expect(trainer.fact("status")).to_have_text("testing")
    dies("a fault")
    expect(trainer.fact("status")).to_have_text("paused")

    held = []
    page.route("**/mnist/test-03.gz", lambda route: held.append(route))
    page.evaluate("void (window.wish = window.convoscope.views.train.set({ example: 8000 }))")
    explorer.becomes(lambda: len(held), 1)
    page.unroute("**/mnist/test-03.gz")
    dies("the end")
    page.evaluate("window.wish")
    assert explorer.state()["example"] == 8000

    page.evaluate("document.querySelector('.view:not([hidden]) .downloads').open = true")
    page.evaluate("document.querySelector('.view:not([hidden]) [data-kind=npz]').click()")
    dies("a hang")
    trainer.train(1)


def test_a_worker_that_dies_while_it_starts_is_told(explorer):
    explorer.expect("planted")
    page = explorer.page
    page.route("**/start.zip", lambda route: None)  # the archive of the start does not come
    explorer.open(ready=False)
    explorer.becomes(lambda: len(page.workers), 1)
    kill(page, "a fault")
    expect(status(page)).to_contain_text("Python could not be started", timeout=SOON)
    page.get_by_role("button", name="Last step").click()


SHARED = """<!DOCTYPE html><title>deck</title><link rel=icon href="data:,">
<iframe src="{url}embed.html?view=convolution&kernel=blur" width=700 height=500></iframe>
<iframe src="{url}embed.html?view=convolution&kernel=sharpen" width=700 height=500></iframe>"""


@pytest.mark.parametrize("death", ["the end", "a hang"])  # a fault does not end a shared worker
def test_embeds_that_share_a_worker_get_one_each_when_it_dies(explorer, built_site, death):
    explorer.expect("planted")
    page = explorer.page
    deck = built_site / f"deck-{death.replace(' ', '-')}.html"
    deck.write_text(SHARED.format(url=explorer.url))
    page.goto(explorer.url.replace("lectures/cnn/", deck.name))
    frames = page.frames[1:]
    for frame in frames:
        frame.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
        frame.evaluate("window.convoscope.ready")
    assert page.workers == []  # they share one, of which the page knows nothing
    frames[0].evaluate("void (window.wish = window.convoscope.views.convolution.set({ padding: 2 }))")
    in_shared_worker(page, DEATHS[death])
    explorer.becomes(lambda: len(page.workers), 2)
    for frame, settings in zip(frames, (["blur", 2, 2], ["sharpen", 0, 2]), strict=True):
        frame.evaluate("(window.wish ?? Promise.resolve()).then(() => window.convoscope.views.convolution.set({ stride: 2 }))")
        state = frame.evaluate("window.convoscope.views.convolution.state()")
        assert [state[name] for name in ("kernel", "padding", "stride")] == settings


def in_shared_worker(page, script):
    """Evaluate a script in the one shared worker of the page's window; other windows of the browser have theirs."""
    tools = page.context.browser.new_browser_cdp_session()
    targets = tools.send("Target.getTargets")["targetInfos"]
    (window,) = [one["browserContextId"] for one in targets if one["url"] == page.url]
    (found,) = [one for one in targets if one["type"] == "shared_worker" and one["browserContextId"] == window]
    session = tools.send("Target.attachToTarget", {"targetId": found["targetId"], "flatten": False})["sessionId"]
    message = {"id": 1, "method": "Runtime.evaluate", "params": {"expression": script}}
    tools.send("Target.sendMessageToTarget", {"sessionId": session, "message": json.dumps(message)})


def test_a_drawing_survives_the_worker(explorer):
    explorer.slug = "network"
    page = explorer.open("?view=network&digit=12&crop=false")
    before = explorer.state(), explorer.data("probabilities")
    first = page.workers[0]
    kill(page, "the end")
    comes_back(explorer, first)
    explorer.set(layer=explorer.state().get("layer"))
    assert (explorer.state(), explorer.data("probabilities")) == before


@pytest.mark.parametrize("death", ["the end", "a hang"])
def test_a_worker_that_ends_or_hangs_is_missed_though_nobody_asks(explorer, death):
    page = explorer.open()
    page.route("**/worker.js", lambda route: None)
    kill(page, death)
    expect(status(page)).to_contain_text("Python stopped (it has not responded for")
    expect(status(page)).to_contain_text("It is being started again; your settings are kept.")


WATCH = """async () => {
    const script = document.querySelector("script[type=module][src]").src;
    const { Watchdog } = await import(new URL("watchdog.js", script).href);
    window.said = [];
    window.pings = 0;
    window.dog = new Watchdog(() => pings++, (why) => { said.push(why); dog.end(); });
    dog.begin();
}"""


def test_the_watchdog_barks_within_three_seconds_and_gives_a_computation_ten(explorer):
    explorer.hold_python()
    explorer.page.clock.install()
    page = explorer.open(ready=False)
    page.evaluate(WATCH)
    for _ in range(20):
        page.clock.run_for(1000)
        page.evaluate("dog.heard()")
    assert page.evaluate("[said, pings > 20]") == [[], True]
    page.evaluate("dog.working(true)")
    page.clock.run_for(9000)  # a computation
    page.evaluate("dog.heard(), dog.working(false)")
    page.clock.run_for(1900)
    assert page.evaluate("said") == []
    page.clock.run_for(1100)
    assert page.evaluate("said") == ["it has not responded for 3 seconds"]
    page.evaluate("dog.begin(), dog.working(true)")
    page.clock.run_for(11_000)
    assert len(page.evaluate("said")) == 2


def test_a_page_that_slept_itself_has_missed_nothing(explorer):
    explorer.hold_python()
    explorer.page.clock.install()
    page = explorer.open(ready=False)
    page.evaluate(WATCH)
    page.clock.fast_forward(60_000)  # each timer fires at most once
    assert page.evaluate("said") == []


# Put behind the worker's own script: every answer takes four seconds, in which its event loop stands still.
SLOW = """
self.slowDown = async () => (await python).runPython(`
import time
from convoscope.views import answer
plain = answer.answer_text
def slow(*event):
    last = time.monotonic() + 4
    while time.monotonic() < last:
        pass
    return plain(*event)
answer.answer_text = slow
`);
"""


def test_a_long_computation_is_not_taken_for_death(explorer):
    def longer(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + SLOW)

    explorer.page.route("**/worker.js", longer)
    explorer.slug = "convolution"
    page = explorer.open("?kernel=blur")
    (worker,) = page.workers
    worker.evaluate("slowDown()")
    explorer.set(padding=2)
    assert page.workers == [worker]
    assert explorer.state()["padding"] == 2


def test_without_workers_the_page_says_so_and_still_plays(explorer):
    explorer.page.add_init_script("delete window.Worker; delete window.SharedWorker")
    page = explorer.open(ready=False)
    expect(status(page)).to_contain_text("does not allow web workers", timeout=SOON)
    expect(status(page)).not_to_contain_text("Loading")
    page.get_by_role("button", name="Last step").click()


SYNTAX_ERROR = "export const = ;"
MODULES = ["main", "static-home", "watchdog"]  # what the page begins with, what it imports then, and what that imports


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("how", ["missing", "broken"])
def test_when_a_module_does_not_load_a_sentence_says_so(explorer, module, how):
    explorer.expect("404", "Unexpected token", "Failed to load", "Failed to fetch dynamically imported", "was preloaded")
    answer = {"status": 404} if how == "missing" else {"body": SYNTAX_ERROR, "content_type": "text/javascript"}
    page = explorer.page
    page.route(f"**/{module}.js", lambda route: route.fulfill(**answer))
    page.goto(explorer.url)
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("program has not started", timeout=SOON)
    expect(page.locator(".python")).to_be_hidden()


@pytest.mark.parametrize("how", ["missing", "broken"])
def test_when_the_worker_does_not_load_a_sentence_says_so(explorer, how):
    explorer.expect("404", "Unexpected token", "Failed to", "error loading")
    answer = {"status": 404} if how == "missing" else {"body": SYNTAX_ERROR, "content_type": "text/javascript"}
    explorer.page.route("**/worker.js", lambda route: route.fulfill(**answer))
    page = explorer.open(ready=False)
    expect(status(page)).to_contain_text("Python could not be started", timeout=SOON)


def test_a_worker_that_does_not_come_is_spoken_of_after_five_seconds(explorer):
    held = []
    explorer.page.route("**/worker.js", lambda route: held.append(route))
    explorer.page.clock.install()
    page = explorer.open(ready=False)
    expect(status(page)).to_contain_text("Loading Python")
    explorer.becomes(lambda: len(held), 1)
    page.clock.run_for(5100)
    expect(status(page)).to_contain_text("nothing new has come for 5 seconds")


FIREFOX = """
const Plain = Worker;
window.Worker = function (url, options) {
  if (String(url).startsWith("blob:")) return new Plain(url, options);
  const worker = new EventTarget();
  Object.assign(worker, { postMessage() {}, terminate() {} });
  setTimeout(() => worker.onerror?.(new Event("error")));
  return worker;
};
"""
CHROMIUM = """
const Plain = Worker;
window.Worker = function (url, options) {
  if (String(url).startsWith("blob:")) return new Plain(url, options);
  throw new DOMException("refused", "SecurityError");
};
"""


@pytest.mark.parametrize("refusal", [FIREFOX, CHROMIUM], ids=["by an event", "by an exception"])
def test_a_frame_that_may_not_start_the_worker_from_its_address_starts_it_from_a_blob(explorer, refusal):
    explorer.page.add_init_script(refusal)
    explorer.slug = "convolution"
    explorer.open("?kernel=blur")
    explorer.set(padding=2)
    assert explorer.state()["padding"] == 2


SANDBOX = """<!DOCTYPE html><title>course</title><link rel=icon href="data:,">
<iframe sandbox="allow-scripts" src="{url}" width=900 height=600></iframe>"""


def test_a_sandbox_in_which_the_page_may_load_nothing_of_its_own_gets_a_sentence(explorer, tmp_path):
    """As WebKit reads 'self' there."""
    explorer.expect("Content Security Policy", "ERR_FAILED", "Failed to load", "CORS policy", "was preloaded")
    page = explorer.page

    def opaque(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("'self' ", "").replace("'self'", "'none'"))

    page.route("**/embed.html*", opaque)
    (tmp_path / "index.html").write_text(SANDBOX.format(url=explorer.url + "embed.html?view=convolution"))
    with serving(tmp_path, QuietHandler) as course:
        page.goto(course)
        told = page.frame_locator("iframe").locator(".unloaded")
        expect(told).to_be_visible(timeout=SOON)
        expect(told).to_contain_text("add allow-same-origin")


def test_training_in_a_sandbox_where_nothing_can_be_kept_meets_no_fault(explorer, tmp_path):
    (tmp_path / "index.html").write_text(SANDBOX.format(url=explorer.url + "embed.html" + SMALL))
    with serving(tmp_path, QuietHandler) as course:
        explorer.page.goto(course)
        frame = explorer.page.frame_locator("iframe")
        step = frame.get_by_role("button", name="Train one batch")
        expect(step).to_be_enabled()
        step.click()
        expect(frame.locator("[data-fact=batches]").first).to_have_text("1")
        expect(frame.locator("[data-do=resume]")).to_be_hidden()


KEPT_BATCHES = """async () => {
    const script = document.querySelector("script[type=module][src]").src;
    const { kept } = await import(new URL("keeping.js", script).href);
    return (await kept("train"))?.batches;
}"""


def test_a_reload_during_training_asks_first_and_the_run_can_be_continued(explorer):
    trainer = opened(explorer, SMALL)
    page, asked = trainer.page, []

    def take(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", take)
    last = trainer.view.get_by_role("button", name=re.compile("^Continue the last run"))
    expect(last).to_be_hidden()
    trainer.train(40)
    batches, learned = trainer.batches(), trainer.column("samples", "probabilities")
    page.evaluate(
        "window.kept = import(document.querySelector('script[type=module][src]').src.replace('main.js', 'keeping.js'))"
    )
    explorer.becomes(
        lambda: page.evaluate("kept.then(({ kept }) => kept('train')).then((run) => run?.batches)"), f"{batches:,}"
    )
    page.reload()
    assert asked == []
    page.evaluate("window.convoscope.ready")
    assert trainer.batches() == 0
    expect(last).to_have_text(re.compile(rf"\({batches:,} batches, "))
    last.click()
    expect(trainer.fact("batches")).to_have_text(f"{batches:,}")
    assert trainer.column("samples", "probabilities") == learned
    expect(last).to_be_hidden()
    trainer.button("Start training").click()
    expect(trainer.fact("status")).to_have_text("running")
    page.reload()
    assert asked == ["beforeunload"]
