"""How long the train view takes, from opening the page with an empty cache, until its network reads 97, 98, 99 % of the test.

    python benchmarks/train_page.py              # builds the site into a temporary folder; one epoch, then the tests
    python benchmarks/train_page.py --examples 10000 --seed 3

Start is pressed as soon as Python is ready. Afterwards each kept checkpoint is tested on all 10,000 digits, so testing
costs the race nothing; the time of a checkpoint is when the page showed that batch. Its news cost time, as they do for a
student. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os

from page import chromium, served_site
from playwright.sync_api import Page

GOALS = (0.97, 0.98, 0.99)
FACT = "document.querySelector('.view:not([hidden]) [data-fact={name}]').textContent"
NOW = f"[performance.now() / 1000, Number({FACT.format(name='batches')}.replace(/,/g, '')), {FACT.format(name='status')}]"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure training in the page.")
    parser.add_argument("--examples", type=int, default=54_000, help="how many digits to learn (default: one epoch)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with served_site() as address, chromium() as browser:
        page = browser.new_context().new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}?view=train&seed={options.seed}")
        page.evaluate("window.convoscope.ready")
        ready = page.evaluate("performance.now() / 1000")
        seen = trained(page, options.examples // 20)
        print(f"Python ready after {ready:.1f} s; {20 * seen[-1][1]:,} digits learned after {seen[-1][0]:.1f} s", end="")
        print(f" ({20 * (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0]):,.0f} a second, load {os.getloadavg()[0]:.1f})")
        found = [(second_of(seen, batch), batch, accuracy) for batch, accuracy in tested(page)]
        for second, batch, accuracy in found:
            print(f"  {second:6.1f} s  batch {batch:5,}  {100 * accuracy:.2f} %")
        for goal in GOALS:
            second = next((second for second, _, accuracy in found if accuracy >= goal), None)
            print(f"{goal:.0%}: {'not reached' if second is None else f'{second:.1f} s'}")


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
