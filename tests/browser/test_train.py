"""Training on the real page: its buttons, checkpoints, faults, files, what stays responsive, and what stays small."""

import csv
import json
import math
from statistics import median

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import new_context

SLUG = "train"
VIEW = "?view=train"
NEWS = 2_000  # half an hour of training, as far as the page is concerned
MORE_NODES = 50  # of the document: a line of text or two
ROUNDS = 10  # of news or ticks, with a look at the memory after each
LARGEST_GROWTH = 1_000_000  # bytes of JavaScript's heap, between the median of the first three rounds and of the last three
LARGEST_GROWTH_OF_PYTHON = 500_000  # bytes: the points of the curves, and checkpoints, come and go
LARGEST_GROWTH_OF_ITS_HEAP = 2_000_000  # bytes up to its end, which memory follows in steps of a fifth, 18 MB
SMALL = f"{VIEW}&architecture=logistic"  # learns fast and tests fast, so what is not about the network need not wait


class Trainer:
    """The view as its user finds it."""

    def __init__(self, explorer):
        self.explorer, self.page = explorer, explorer.page
        self.view = self.page.locator("section[data-view=train]")

    def button(self, name):
        return self.view.get_by_role("button", name=name, exact=True)

    def fold(self, title):
        return self.view.locator("summary", has_text=title)

    def fact(self, name):
        return self.view.locator(f"[data-fact={name}]").first

    def batches(self):
        return int(self.fact("batches").inner_text().replace(",", ""))

    def column(self, source, name):
        return self.explorer.data(source)[name]

    def pause(self):
        """Acknowledged before anything else happens on the page."""
        button = self.button("Pause training")
        expect(button).to_be_enabled()
        status = "document.querySelector('[data-view=train] [data-fact=status]')"
        assert button.evaluate(f"(button) => {{ button.click(); return {status}.textContent; }}") == "pausing"
        expect(self.fact("status")).to_have_text("paused")

    def train(self, batches):
        """Learn at least that many batches more, then pause."""
        wanted = self.batches() + batches
        self.button("Start training").click()
        self.explorer.becomes(lambda: self.batches() >= wanted, True)
        self.pause()

    def stands_still(self):
        """Nothing is learned between two answers of Python."""
        found = []
        for example in (1, 2):
            self.explorer.set(example=example)
            found.append(self.batches())
        return found[0] == found[1]


def opened(explorer, address=VIEW):
    explorer.open(address)
    trainer = Trainer(explorer)
    expect(trainer.button("Start training")).to_be_enabled()
    return trainer


def hide(page, hidden):
    """The tab goes away, or comes back."""
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_the_buttons_start_pause_step_and_start_again(explorer):
    trainer = opened(explorer, SMALL)
    expect(trainer.fact("status")).to_have_text("ready")
    trainer.button("Train one batch").press("Enter")
    expect(trainer.fact("batches")).to_have_text("1")
    expect(trainer.fact("status")).to_have_text("paused")
    first = trainer.column("train_loss", "raw")
    assert len(first) == 1
    trainer.button("Train one batch").press("Space")
    expect(trainer.fact("batches")).to_have_text("2")
    trainer.button("Start again").click()
    expect(trainer.fact("batches")).to_have_text("0")
    trainer.button("Train one batch").click()
    expect(trainer.fact("batches")).to_have_text("1")
    assert trainer.column("train_loss", "raw") == first  # the same initial weights and the same digits

    trainer.train(60)
    assert trainer.stands_still()
    smoothed = trainer.column("train_loss", "smoothed")
    assert smoothed[-1] < smoothed[0]
    expect(trainer.fact("speed")).to_contain_text("examples/s")
    before = trainer.batches()
    trainer.train(1)  # goes on from where it was
    assert trainer.batches() > before


def test_everything_else_answers_while_training_runs_and_a_hidden_tab_rests(explorer):
    trainer = opened(explorer, SMALL)
    trainer.button("Start training").click()
    expect(trainer.fact("status")).to_have_text("running")
    trainer.view.get_by_label("Learning rate schedule").select_option("Constant")
    trainer.view.get_by_label("Learning rate", exact=True).fill("0.015")
    trainer.view.get_by_label("Learning rate", exact=True).press("Enter")
    expect(trainer.fact("learning_rate_now")).to_have_text("0.015")
    trainer.page.get_by_role("link", name="Convolution", exact=True).click()
    other = trainer.page.locator("section[data-view=convolution]")
    other.get_by_label("Stride", exact=True).fill("2")
    other.get_by_label("Stride", exact=True).press("Enter")
    expect(other.locator("[data-part=output] .size")).to_have_text("3×3")
    trainer.page.get_by_role("link", name="Train", exact=True).click()
    before = trainer.batches()
    explorer.becomes(lambda: trainer.batches() > before, True)

    hide(trainer.page, True)
    explorer.becomes(trainer.stands_still, True)
    assert trainer.stands_still()
    before = trainer.batches()
    hide(trainer.page, False)
    explorer.becomes(lambda: trainer.batches() > before, True)
    trainer.fold("More").click()
    trainer.view.get_by_label("Keep training in a hidden tab").check()
    hide(trainer.page, True)
    explorer.becomes(trainer.stands_still, False)
    hide(trainer.page, False)
    trainer.pause()


HOLD_EVENTS = """() => {
    const post = MessagePort.prototype.postMessage;
    const held = [];
    MessagePort.prototype.postMessage = function (message) {
        if (message.type === "event") held.push([this, message]);
        else post.call(this, message);
    };
    window.release = () => {
        MessagePort.prototype.postMessage = post;
        for (const [port, message] of held) port.postMessage(message);
        return held.length;
    };
}"""


def test_news_of_training_do_not_take_back_what_the_user_has_just_set(explorer):
    trainer = opened(explorer, SMALL)
    trainer.button("Start training").click()
    expect(trainer.fact("status")).to_have_text("running")
    trainer.fold("More").click()
    trainer.page.evaluate(HOLD_EVENTS)
    box = trainer.view.get_by_label("Keep training in a hidden tab")
    box.check()
    before = trainer.batches()
    explorer.becomes(lambda: trainer.batches() > before, True)
    expect(box).to_be_checked(timeout=1)
    assert trainer.page.evaluate("release()") == 1
    explorer.becomes(lambda: explorer.state()["background"], True)
    expect(box).to_be_checked()
    trainer.pause()


def test_divergence_and_an_impossible_network_are_explained(explorer):
    trainer = opened(explorer, f"{SMALL}&optimiser=sgd&learning_rate=1000")
    assert explorer.state()["learning_rate"] == 1000
    explorer.set(architecture="lenet5", learning_rate=100)
    trainer.button("Start training").click()
    expect(trainer.fact("status")).to_have_text("diverged")
    expect(trainer.view.locator(".sentence")).to_contain_text("lower the learning rate")
    for row in trainer.column("samples", "probabilities"):
        assert math.isfinite(row)

    explorer.set(architecture="own", network="conv 6 3x3 / relu / conv 4 40x40 / flatten / linear 10")
    expect(trainer.view.locator(".train-problem")).to_contain_text("layer 3, 'conv 4 40x40'")
    expect(trainer.view.locator("[data-fact=network_check]")).to_contain_text("conv1 6×26×26")
    trainer.view.get_by_label("Layers", exact=True).fill("flatten / linear 10")
    trainer.view.get_by_label("Layers", exact=True).press("Control+Enter")
    expect(trainer.view.locator(".train-problem")).to_be_empty()
    explorer.set(learning_rate=0.05)
    trainer.button("Start again").click()
    expect(trainer.fact("status")).to_have_text("ready")
    trainer.train(5)
    trainer.fold("Parameters").click()
    expect(trainer.view.get_by_role("rowheader", name="linear1")).to_be_visible()
    expect(trainer.view.get_by_role("cell", name="784·10 + 10 = 7,850")).to_be_visible()


def test_checkpoints_are_shown_and_continued_and_a_baseline_is_overlaid(explorer):
    trainer = opened(explorer, SMALL)
    trainer.train(120)
    last = trainer.batches()
    slider = trainer.view.get_by_label("Checkpoint")
    expect(trainer.fact("shown")).to_have_text("now")
    newest = trainer.column("samples", "probabilities")
    slider.press("Home")
    expect(trainer.fact("shown")).to_have_text(f"batch 0 of {last:,}")
    oldest = trainer.column("samples", "probabilities")
    assert oldest != newest
    assert explorer.state()["checkpoint"] == 0
    slider.press("ArrowRight")
    expect(trainer.fact("shown")).not_to_contain_text("batch 0 ")
    place = explorer.state()["checkpoint"]
    assert trainer.column("samples", "probabilities") not in (oldest, newest)
    trainer.button("Continue from here").click()
    expect(trainer.fact("batches")).to_have_text(f"{place:,}")
    expect(trainer.fact("shown")).to_have_text("now")
    expect(trainer.button("Continue from here")).to_be_disabled()

    baseline = trainer.column("train_loss", "smoothed")
    trainer.button("Keep as baseline").click()
    expect(trainer.fact("batches")).to_have_text("0")
    assert trainer.column("baseline_loss", "smoothed") == baseline
    explorer.set(learning_rate=0.001)
    trainer.train(3)
    expect(trainer.fact("baseline")).to_contain_text("earning rate")
    assert len(trainer.column("train_loss", "raw")) >= 3
    trainer.button("Remove the baseline").click()
    explorer.becomes(lambda: trainer.column("baseline_loss", "smoothed"), [])
    expect(trainer.button("Remove the baseline")).to_be_hidden()


def test_weights_and_curves_go_into_files_and_come_back(explorer, tmp_path):
    trainer = opened(explorer)
    trainer.train(10)
    trainer.fold("Save and load").click()

    def saved(name):
        with trainer.page.expect_download() as download:
            trainer.button(name).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    learned = trainer.column("samples", "probabilities")
    npz, snapshot, curves = saved("Save weights (npz)"), saved("Save as ConvNetJS JSON"), saved("Save curves (CSV)")
    assert json.loads(snapshot.read_text())["layers"]
    with curves.open() as file:
        assert len(list(csv.reader(file))) > trainer.batches()
    for path in (npz, snapshot):
        trainer.button("Start again").click()
        expect(trainer.fact("status")).to_have_text("ready")
        assert trainer.column("samples", "probabilities") != learned
        trainer.view.get_by_label("Load weights").set_input_files(path)
        expect(trainer.fact("status")).to_have_text("paused")
        assert trainer.column("samples", "probabilities") == pytest.approx(learned, abs=1e-6)

    field, told = trainer.view.get_by_label("Load weights"), trainer.view.locator(".train-file")
    field.set_input_files({"name": "large.npz", "mimeType": "application/zip", "buffer": bytes(8_000_001)})
    expect(told).to_contain_text("8 MB is the most")
    field.set_input_files({"name": "empty.npz", "mimeType": "application/zip", "buffer": b""})
    expect(told).to_contain_text("The file is empty")
    field.set_input_files({"name": "text.npz", "mimeType": "application/zip", "buffer": b"no weights"})
    expect(trainer.view.locator(".notices")).to_contain_text("Nothing was changed.")
    assert trainer.column("samples", "probabilities") == pytest.approx(learned, abs=1e-6)


def test_the_confusion_matrix_opens_the_digits_behind_it_and_a_digit_opens_in_the_network_view(explorer):
    trainer = opened(explorer, SMALL)
    expect(trainer.view.get_by_role("grid")).to_be_hidden()
    trainer.train(40)
    trainer.button("Test on 10,000 digits").click()
    expect(trainer.fact("test_accuracy")).to_contain_text("95 % confidence")
    counts = trainer.column("confusion", "value")
    assert sum(counts) == 10_000
    wrong = max((n for n in range(100) if n // 10 != n % 10), key=counts.__getitem__)
    cell = trainer.view.get_by_role("gridcell").nth(wrong)
    expect(cell).to_have_text(f"{counts[wrong]:,}")
    cell.click()
    expect(cell).to_have_attribute("aria-selected", "true")
    digits = trainer.view.locator(".train-cell").get_by_role("button")
    expect(digits).to_have_count(min(counts[wrong], 40))
    expect(digits.first).to_contain_text(f"✗ {wrong % 10}, is {wrong // 10}")
    trainer.view.get_by_role("gridcell").nth(wrong).press("ArrowUp" if wrong >= 10 else "ArrowDown")
    trainer.page.keyboard.press("Enter")
    other = wrong - 10 if wrong >= 10 else wrong + 10
    expect(trainer.view.get_by_role("gridcell").nth(other)).to_have_attribute("aria-selected", "true")
    assert explorer.state()["cell"] == f"{other // 10},{other % 10}"

    samples = trainer.view.locator(".train-samples").get_by_role("button")
    expect(samples).to_have_count(12)
    trainer.button("Next digits").click()
    explorer.becomes(lambda: trainer.column("samples", "index")[0], 12)
    samples.first.click()
    expect(trainer.page.locator("section[data-view=network]")).to_be_visible()
    explorer.slug = "network"
    explorer.becomes(lambda: explorer.page.evaluate("window.convoscope.views.network?.state().digit"), 12)
    assert explorer.state()["network"] == "trained"


@pytest.mark.usefixtures("own_python")
def test_a_killed_worker_comes_back_with_the_weights(explorer):
    explorer.expect("planted")
    trainer = opened(explorer, f"{VIEW}&seed=3")
    trainer.train(10)
    learned, batches = trainer.column("samples", "probabilities"), trainer.batches()
    trainer.page.workers[0].evaluate("setTimeout(() => { throw new Error('planted fault'); })")
    expect(trainer.button("Train one batch")).to_be_disabled()
    expect(trainer.page.get_by_role("status", name="Python", exact=True)).to_contain_text("Python is ready")
    expect(trainer.fact("reason")).to_contain_text("Python was restarted")
    assert trainer.batches() == batches
    assert trainer.column("samples", "probabilities") == learned
    assert explorer.state()["seed"] == 3
    trainer.button("Train one batch").click()
    expect(trainer.fact("batches")).to_have_text(f"{batches + 1:,}")


def growth(look):
    """How much more is in use in the last three of ROUNDS looks than in the first three, and how much in the end."""
    found = [look() for _ in range(ROUNDS)]
    return median(found[-3:]) - median(found[:3]), found[-1]


KEEP_THE_PORT = """
const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (...values) {
  window.port = this;
  return postMessage.apply(this, values);
};
"""
COLLECT_NEWS = """
new Promise((resolve) => {
  window.news = [];
  window.take = port.onmessage;
  port.onmessage = (event) => {
    if (event.data.type === "news") news.push(event.data.packet.slice());
    take(event);
    if (news.length === 3) resolve();
  };
})
"""
REPEAT_NEWS = """
async (count) => {
  for (let n = 0; n < count; n++) {
    take({ data: { type: "news", packet: news[n % 3].slice() } });
    if (n % 20 === 0) await new Promise(requestAnimationFrame);
  }
}
"""


@pytest.mark.usefixtures("own_python")
def test_half_an_hour_of_news_leaves_the_page_as_small_as_it_was(explorer, record_property):
    """The page shows three real pieces of news over and over; the test below is Python's side of it."""
    explorer.page.add_init_script(KEEP_THE_PORT)
    trainer = opened(explorer, SMALL)
    devtools = explorer.page.context.new_cdp_session(explorer.page)

    def counted():
        devtools.send("HeapProfiler.collectGarbage")
        found = devtools.send("Memory.getDOMCounters")
        return found["documents"], found["nodes"], found["jsEventListeners"]

    def heap():
        explorer.page.evaluate(REPEAT_NEWS, NEWS // ROUNDS)
        devtools.send("HeapProfiler.collectGarbage")
        return devtools.send("Runtime.getHeapUsage")["usedSize"]

    trainer.button("Start training").click()
    explorer.page.evaluate(COLLECT_NEWS)
    trainer.pause()
    explorer.page.evaluate(REPEAT_NEWS, 3)
    documents, nodes, listeners = counted()
    more, _ = growth(heap)
    documents_after, nodes_after, listeners_after = counted()
    record_property("summary", f"train: {NEWS} news change the page's heap by {more / 1e6:.2f} MB")
    assert more < LARGEST_GROWTH
    assert (documents_after, listeners_after) == (documents, listeners)
    assert nodes_after - nodes < MORE_NODES


# Put behind the worker's own script: ticks as short as can be, so that 2,000 of them take seconds; few checkpoints.
# tracemalloc comes later than the start, and only an event's imports are fetched by the worker itself.
IN_THE_WORKER = """
let archives;
self.addEventListener("message", ({ data }) => { archives = data.runtime?.archives ?? archives; });
self.fetchImport = async (name) => {
  const loaded = await python;
  for (;;) {
    try {
      return loaded.runPython(`import ${name}`);
    } catch (error) {
      const path = /FileNeeded: (\\S+) has to be fetched first/.exec(error.message)?.[1];
      if (!path) throw error;
      later.put(path, new Uint8Array(await fetchWhole(archives + path)));
    }
  }
};
self.shorten = async () => {
  await fetchImport("tracemalloc");
  (await python).runPython(`
import gc, tracemalloc
from convoscope.views.train import run_history, state
state.TICK_SECONDS = 0
run_history.MOST_CHECKPOINTS = 4
tracemalloc.start()
`);
};
self.memory = async () => {
  const loaded = await python;
  return [loaded._module._sbrk(0), loaded.runPython("gc.collect(); tracemalloc.get_traced_memory()[0]")];
};
"""


@pytest.mark.usefixtures("own_python")
def test_two_thousand_ticks_leave_python_on_the_page_as_small_as_it_was(explorer, record_property):
    def longer(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + IN_THE_WORKER)

    explorer.page.route("**/worker.js", longer)
    trainer = opened(explorer, f"{SMALL}&batch_size=4")
    (worker,) = explorer.page.workers
    worker.evaluate("shorten()")
    for _ in range(3):  # the heap grows soon after the start
        trainer.train(NEWS // ROUNDS)
        worker.evaluate("memory()")
    heaps = []

    def traced():
        trainer.train(NEWS // ROUNDS)
        heap, in_use = worker.evaluate("memory()")
        heaps.append(heap)
        return in_use

    more, at_last = growth(traced)
    assert trainer.batches() > NEWS
    told = f"train: {NEWS} ticks change Python's {at_last / 1e6:.1f} MB on the page by {more / 1e6:.2f} MB"
    record_property("summary", f"{told}, its heap of {heaps[0] / 1e6:.0f} MB by {heaps[-1] - heaps[0]} bytes")
    assert at_last > 0
    assert more < LARGEST_GROWTH_OF_PYTHON
    assert heaps[-1] - heaps[0] < LARGEST_GROWTH_OF_ITS_HEAP


def test_training_on_the_server_follows_its_buttons_while_another_visitor_is_answered(panel_explorer, browser, context_options):
    panel_explorer.slug = "train"
    trainer = opened(panel_explorer, SMALL)
    trainer.button("Train one batch").click()
    expect(trainer.fact("batches")).to_have_text("1")
    (first,) = trainer.column("train_loss", "raw")
    trainer.button("Start training").click()
    expect(trainer.fact("status")).to_have_text("running")

    context = new_context(browser, **context_options)
    other = context.new_page()
    other.goto(f"{panel_explorer.url}?kernel=blur")
    other.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
    other.evaluate("window.convoscope.ready")
    other.evaluate("window.convoscope.views.convolution.set({ stride: 2 })")
    expect(other.locator(".view:not([hidden]) [data-part=output] .size")).to_have_text("3×3")
    context.close()

    expect(trainer.fact("status")).to_have_text("running")
    before = trainer.batches()
    panel_explorer.becomes(lambda: trainer.batches() > before, True)
    trainer.pause()
    assert trainer.stands_still()
    smoothed = trainer.column("train_loss", "smoothed")
    assert smoothed[-1] < first
    expect(trainer.fact("speed")).to_contain_text("examples/s")
    trainer.button("Start again").click()
    expect(trainer.fact("batches")).to_have_text("0")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_barrier_is_found_and_nothing_sticks_out(explorer, theme):
    explorer.page.set_viewport_size({"width": 360, "height": 740} if theme == "light" else {"width": 1280, "height": 800})
    trainer = opened(explorer, f"{SMALL}&theme={theme}")
    trainer.train(3)
    trainer.button("Test on 10,000 digits").click()
    expect(trainer.view.get_by_role("grid")).to_be_visible()
    for title in ("Parameters", "Save and load"):
        trainer.fold(title).click()
    assert Axe().run(trainer.page).response["violations"] == []
    assert trainer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
