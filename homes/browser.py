"""The Chromium of this machine, for tests, benchmarks, pictures and exports alike: this is the one place that looks for it.

As a program it prints the path: scripts/ensure_browser.sh asks it so before any package is installed, so nothing but the
standard library is imported here. Order: CONVOSCOPE_CHROMIUM, the browsers of the machine, Playwright's own downloads. The
headless shell comes first: it is Chromium without windows and menus, and opens a page in half the processor time.
"""

from __future__ import annotations

import functools
import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMED = "CONVOSCOPE_CHROMIUM"
COMMANDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = (  # of Playwright's downloads, and on a Mac
    "{playwright}/chromium_headless_shell-*/chrome-*/*headless*shell",
    "{playwright}/chromium-*/chrome-linux*/chrome",
    "{home}/Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PATIENCE = 30  # seconds for a browser to tell its version


class BrowserError(RuntimeError):
    """There is no browser to be used; the message says why and what to try."""


@contextmanager
def opened_browser(*arguments: str) -> Iterator[Browser]:
    """Chromium without a window, driven by Playwright, as long as the block lasts. Raises BrowserError."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise BrowserError("Playwright is not installed; try `pip install convoscope[dev]`") from None
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", *arguments])
        except Error as error:
            raise BrowserError(f"{error.message.splitlines()[0]}; install Chromium or set {NAMED} to its path") from None
        yield browser
        browser.close()


def find_browser() -> str | None:
    """The path of a Chromium that starts, or None. Raises BrowserError if CONVOSCOPE_CHROMIUM names one that does not."""
    if named := os.environ.get(NAMED):
        if starts(named):
            return named
        raise BrowserError(
            f"{NAMED} is {named!r}, which is no browser that starts; set it to the path of a Chromium or unset it."
        )
    return next(filter(starts, candidates()), None)


def candidates() -> Iterator[str]:
    """Where a browser may be, the best first."""
    yield from filter(None, map(shutil.which, COMMANDS))
    home = os.path.expanduser("~")
    playwright = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or f"{home}/.cache/ms-playwright"
    for place in PLACES:
        yield from sorted(glob.glob(place.format(playwright=playwright, home=home)), reverse=True)  # the newest first


@functools.cache
def starts(path: str) -> bool:
    """Whether this browser starts: Debian and Ubuntu have stubs that do not."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> int:
    """Print the path; 1 if there is none, 2 with a sentence if the one that is named does not start."""
    try:
        path = find_browser()
    except BrowserError as error:
        print(error, file=sys.stderr)
        return 2
    print(path or "", end="\n" if path else "")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
