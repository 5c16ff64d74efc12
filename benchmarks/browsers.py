"""What works in Firefox: every view opens, Python is ready, steps, draws by mouse and finger, trains, exports, embeds, offline.

    python benchmarks/browsers.py                # builds the site, tries it, writes docs/browsers.md
    python benchmarks/browsers.py --dry-run      # only prints

Chromium is what all browser tests run in; this is a look at the other engine that Debian has. Nothing is simulated: the
sandbox is a page of another origin whose frame has sandbox="allow-scripts" alone, offline is a server that has ended.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.server
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import bidi
import promises
from bidi import Firefox, PageFault

from convoscope.homes import site
from convoscope.homes.server import make_server
from convoscope.views import SLUGS

FILE = Path(__file__).resolve().parent.parent / "docs" / "browsers.md"
VIEW = "window.convoscope.views.{}"
STATUS = "document.querySelector('.python').dataset.state"
SENTENCE = "document.querySelector('.view:not([hidden]) .sentence')?.textContent.trim().length > 3"
SANDBOX = """<!DOCTYPE html><meta charset=utf-8><title>course</title>
<iframe sandbox="allow-scripts" src="{url}embed.html?view=convolution&kernel=blur" width=900 height=600></iframe>"""
BATCHES = "Number(document.querySelector('.view:not([hidden]) [data-fact=batches]').textContent.replace(/,/g, ''))"
CLICK = "document.querySelector('.view:not([hidden]) {}').click()"
INK = "window.convoscope.views.network.state().drawing ?? ''"
PAD = """(() => { const box = document.querySelector('.view:not([hidden]) [data-part="pad"] .plot').getBoundingClientRect();
    return [box.x, box.y, box.width, box.height]; })()"""

Try = Callable[[Firefox, str], Awaitable[str]]


async def arrived(window: Firefox, frame: str = "") -> None:
    """The view is shown and Python is ready."""
    await window.becomes(f"Boolean(window.convoscope?.ready) && {SENTENCE}", True, frame)
    await window.run("window.convoscope.ready", frame)


async def opens(window: Firefox, url: str) -> str:
    """Every view opens, is ready and steps."""
    began = time.perf_counter()
    ready = 0.0
    for slug in SLUGS:
        await window.go(f"{url}?view={slug}")
        await arrived(window)
        ready = ready or time.perf_counter() - began
        door = VIEW.format(slug)
        await window.run(f"{door}.step(1)")
        assert await window.run(f"{door}.state()"), slug
    return f"{len(SLUGS)} of {len(SLUGS)} views; Python ready {ready:.1f} s after the first address"


async def changes(window: Firefox, url: str) -> str:
    """A setting is changed, the new numbers come."""
    await window.go(f"{url}?kernel=blur")
    await arrived(window)
    before = await window.run("Array.from(window.convoscope.views.convolution.data('output_values').value).length")
    await window.run("window.convoscope.views.convolution.set({ padding: 2 })")
    after = await window.run("Array.from(window.convoscope.views.convolution.data('output_values').value).length")
    assert after > before, (before, after)
    return f"output of {before} cells, with padding 2 of {after}"


async def draws(window: Firefox, url: str) -> str:
    """A stroke by mouse and one by finger are ink."""
    told = []
    for kind in ("mouse", "touch"):
        await window.go(f"{url}?view=network")
        await arrived(window)
        blank = await window.run(INK)
        x, y, width, height = await window.run(PAD)
        at = [(int(x + share * width), int(y + height * (0.3 + share / 2))) for share in (0.4, 0.45, 0.5, 0.55, 0.6)]
        await window.stroke(at, kind)
        await window.becomes(f"({INK}) !== {json.dumps(blank)}", True)
        told.append(kind)
    return " and ".join(told)


async def trains(window: Firefox, url: str) -> str:
    """200 batches."""
    await window.go(f"{url}?view=train")
    await arrived(window)
    await window.run(CLICK.format(".train-run"))
    await window.becomes(f"{BATCHES} > 0 && document.querySelector('[data-view=train]').dataset.status", "running")
    began, first = time.perf_counter(), await window.run(BATCHES)
    await window.becomes(f"{BATCHES} >= 200", True)
    speed = 20 * (await window.run(BATCHES) - first) / (time.perf_counter() - began)
    await window.run(CLICK.format(".train-run"))
    return f"200 batches, {speed:,.0f} digits a second"


async def exports(window: Firefox, url: str) -> str:
    """Pictures and files come out of the page."""
    await window.go(f"{url}?kernel=blur&step=3")
    await arrived(window)
    made = []
    for kind in ("png", "svg"):
        text = await window.run(f"window.convoscope.views.convolution.picture('{kind}')")
        assert len(text) > 1000, kind
        made.append(kind.upper())
    await window.run(
        "(() => { window.made = []; const plain = URL.createObjectURL;"
        " URL.createObjectURL = (blob) => (made.push(blob.size), plain(blob)); })()"
    )
    for kind in ("json", "npz", "py", "tex", "html"):
        count = len(made)
        await window.run(CLICK.format(f"[data-kind={kind}]"))
        await window.becomes(f"made.length > {count - 2} && made.at(-1) > 100", True)
        made.append(kind)
    return ", ".join(made)


async def embeds(window: Firefox, url: str) -> str:
    """An embed of another origin, with and without a sandbox."""
    told = []
    for word, sandbox in (("plain", "allow-scripts allow-same-origin"), ("allow-scripts alone", "allow-scripts")):
        page = SANDBOX.format(url=url).replace('"allow-scripts"', f'"{sandbox}"')
        with _served({"index.html": page}) as course:
            await window.go(course)
            await window.becomes("document.querySelector('iframe') !== null", True)
            [frame] = await window.frames()
            try:
                await arrived(window, frame)
                await window.run("window.convoscope.views.convolution.set({ padding: 2 })", frame)
                state = await window.run("window.convoscope.views.convolution.state()", frame)
                assert state["padding"] == 2
                told.append(f"{word}: works")
            except (PageFault, TimeoutError):
                text = await window.run("document.body.innerText.slice(0, 300)", frame)
                told.append(f"{word}: says “{text.strip()[:160]}”")
    return "; ".join(told)


async def works_offline(window: Firefox, url: str, end: Callable[[], None]) -> str:
    """After the first visit the server ends; the page is loaded again and computes."""
    await window.go(url)
    await arrived(window)
    await window.run("navigator.serviceWorker.ready.then((one) => one.active.state)")
    await window.becomes("navigator.serviceWorker.ready.then((one) => one.active.state)", "activated")
    end()
    await window.go(f"{url}?kernel=blur")
    await arrived(window)
    await window.run("window.convoscope.views.convolution.set({ padding: 2 })")
    assert await window.run("window.convoscope.views.convolution.state().padding") == 2
    return "loaded again and computed without a server"


@contextlib.contextmanager
def _served(files: dict[str, str]) -> Iterator[str]:
    """A web server of another origin."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text)

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Requests are no news."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_address[1]}/"
        finally:
            server.shutdown()
            server.server_close()


async def look(path: str, dist: Path) -> list[tuple[str, str]]:
    """Try everything. -> what was tried, what came of it"""
    server = make_server(dist)
    server.handle_error = lambda *_: None  # a page that is left in mid-download is no news
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"

    def end() -> None:
        server.shutdown()
        server.server_close()

    async with bidi.firefox(path) as window:
        tries: list[Try] = [opens, changes, draws, trains, exports, embeds, partial(works_offline, end=end)]
        names = ("every view opens and steps", "a change", "drawing", "training", "exports", "embeds", "offline")
        rows = []
        for name, one in zip(names, tries, strict=True):
            window.problems.clear()
            try:
                told = await one(window, url)
            except Exception as error:  # the others are tried all the same
                told = f"**fails**: {type(error).__name__}: {str(error)[:200]}"
            if window.problems:
                told += f" (console: {window.problems[0][:120]})"
            rows.append((name, told.replace("|", "/").replace("\n", " ")))
            print(f"{name}: {rows[-1][1]}", flush=True)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description="Try the site in Firefox.")
    parser.add_argument("--dist", type=Path, help="a built site (default: build one)")
    parser.add_argument("--dry-run", action="store_true", help="print the table, write nothing")
    options = parser.parse_args()
    path = bidi.find()
    if not path:
        print("There is no Firefox here; install firefox-esr (Debian) or firefox.", file=sys.stderr)
        return 1
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        dist = options.dist or site.build(Path(folder) / "dist", say=lambda _: None)
        rows = asyncio.run(look(path, dist))
    table = [f"| {name} | {told} |" for name, told in rows]
    lines = [f"| | {version} |", "| --- | --- |", *table, "", f"{promises.machine()}."]
    if not options.dry_run:
        promises.write_section("firefox", "\n".join(lines), FILE)
    return int(any("**fails**" in told for _, told in rows))


if __name__ == "__main__":
    sys.exit(main())
