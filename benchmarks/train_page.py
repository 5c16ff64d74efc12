"""How long the train view takes, from opening the page with an empty cache, until its network reads 97, 98, 99 % of the test.

    python benchmarks/train_page.py              # builds the site into a temporary folder; one epoch, then the tests
    python benchmarks/train_page.py --examples 10000 --seed 3
    python benchmarks/train_page.py --examples 0       # only how soon a pause is shown, of two networks

Start is pressed as soon as Python is ready. Afterwards each kept checkpoint is tested on all 10,000 digits, so testing
costs the race nothing; the time of a checkpoint is when the page showed that batch. Its news cost time, as they do for a
student. At last Pause is pressed again and again: how long until the page shows it, and how much of that the worker took
(from the event's message to its answer). Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
from statistics import median

from page import served_site
from playwright.sync_api import Browser, Page

from convoscope.homes.browser import opened_browser

GOALS = (0.97, 0.98, 0.99)
FACT = "document.querySelector('.view:not([hidden]) [data-fact={name}]').textContent"
PAUSES = 30
PAUSE_BUDGET = 50  # ms
NOTE_MESSAGES = """
const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (message, ...more) {
  if (message.type === "event") window.asked = performance.now();
  if (message.type === "start") this.addEventListener("message", ({ data }) => {
    if (data.type === "answer") window.answered = performance.now();
  });
  return postMessage.call(this, message, ...more);
};
"""
# Train for so many milliseconds, then press Pause. -> [milliseconds until it is shown, of these the worker's]
PAUSE = """
async (wait) => {
  const section = document.querySelector("[data-view=train]");
  const status = section.querySelector("[data-fact=status]");
  const run = section.querySelector(".train-run");
  const becomes = (word) => new Promise((resolve) => {
    const look = () => status.textContent === word && (observer.disconnect(), resolve(performance.now()));
    const observer = new MutationObserver(look);
    observer.observe(status, { childList: true, characterData: true, subtree: true });
    look();
  });
  run.click();
  await becomes("running");
  await new Promise((resolve) => setTimeout(resolve, wait));
  const pressed = performance.now();
  run.click();
  const shown = await becomes("paused");
  await new Promise((resolve) => setTimeout(resolve));
  return [shown - pressed, answered - asked];
}
"""
NOW = f"[performance.now() / 1000, Number({FACT.format(name='batches')}.replace(/,/g, '')), {FACT.format(name='status')}]"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure training in the page.")
    parser.add_argument("--examples", type=int, default=54_000, help="how many digits to learn (default: one epoch)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with served_site() as address, opened_browser() as browser:
        if options.examples:
            race(browser, f"{address}?view=train&seed={options.seed}", options.examples)
        for name in ("convnetjs", "lenet5"):
            print_pauses(browser, f"{address}?view=train&architecture={name}", name)


def race(browser: Browser, address: str, examples: int) -> None:
    """Learn so many digits, test every checkpoint, print when which accuracy was reached."""
    page = opened(browser, address)
    ready = page.evaluate("performance.now() / 1000")
    seen = trained(page, examples // 20)
    print(f"Python ready after {ready:.1f} s; {20 * seen[-1][1]:,} digits learned after {seen[-1][0]:.1f} s", end="")
    print(f" ({20 * (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0]):,.0f} a second, load {os.getloadavg()[0]:.1f})")
    found = [(second_of(seen, batch), batch, accuracy) for batch, accuracy in tested(page)]
    for second, batch, accuracy in found:
        print(f"  {second:6.1f} s  batch {batch:5,}  {100 * accuracy:.2f} %")
    for goal in GOALS:
        second = next((second for second, _, accuracy in found if accuracy >= goal), None)
        print(f"{goal:.0%}: {'not reached' if second is None else f'{second:.1f} s'}")
    page.context.close()


def print_pauses(browser: Browser, address: str, name: str) -> None:
    """Pause at all sorts of moments."""
    page = opened(browser, address)
    page.evaluate(PAUSE, 3000)  # the browser's compilers have done most of their work
    found = [page.evaluate(PAUSE, 400 + 37 * n % 300) for n in range(PAUSES)]
    shown, worker = (sorted(times) for times in zip(*found, strict=True))
    print(f"pause, {name}: shown after {median(shown):.0f} ms, at most {shown[-1]:.0f} ms (budget {PAUSE_BUDGET}); ", end="")
    print(f"the worker's {median(worker):.0f}, at most {worker[-1]:.0f} ms ({PAUSES} pauses, load {os.getloadavg()[0]:.1f})")
    page.context.close()


def opened(browser: Browser, address: str) -> Page:
    """A page whose Python is ready."""
    page = browser.new_context().new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(NOTE_MESSAGES)
    page.goto(address)
    page.evaluate("window.convoscope.ready")
    return page


def trained(page: Page, batches: int) -> list[tuple[float, int]]:
    """Train until so many batches are learned. -> when the page showed which batch"""
    page.get_by_role("button", name="Start training").click()
    seen: list[tuple[float, int]] = []
    while not seen or seen[-1][1] < batches:
        page.wait_for_timeout(100)
        second, batch, status = page.evaluate(NOW)
        if status == "running" and (not seen or batch > seen[-1][1]):
            seen.append((second, batch))
        elif status not in ("running", "ready", "testing"):
            break
    page.get_by_role("button", name="Pause training").click()
    page.get_by_role("button", name="Start training").wait_for()
    return seen


def second_of(seen: list[tuple[float, int]], batch: int) -> float:
    """When that batch had been learned, as far as the page showed it."""
    return next((second for second, shown in seen if shown >= batch), seen[-1][0])


def tested(page: Page) -> list[tuple[int, float]]:
    """Every checkpoint with its accuracy on the test digits."""
    found = []
    for batch in page.evaluate("window.convoscope.views.train.data('checkpoints').step"):
        page.evaluate("(batch) => window.convoscope.views.train.set({ checkpoint: batch })", batch)
        page.get_by_role("button", name="Test on 10,000 digits").click()
        test = page.locator(".view:not([hidden]) [data-fact=test_accuracy]", has_text="confidence")
        test.wait_for()
        found.append((batch, float(test.inner_text().split()[0]) / 100))
    return found


if __name__ == "__main__":
    main()
