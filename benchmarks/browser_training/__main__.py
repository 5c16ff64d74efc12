"""Training in Chromium: our engine in Pyodide, ConvNetJS and TensorFlow.js, in turns in one browser.

    python benchmarks/browser_training                    # npm installs the others into a git-ignored folder first
    python benchmarks/browser_training --convnetjs DIR    # also its newest source, a checkout of karpathy/convnetjs
    python benchmarks/browser_training --race 5           # also: seconds of training to 97 % and 98 %, five seeds

All train the same network on the same real digits with Adadelta. Each lives in its own worker; they take turns of half
a second; the best turn counts, for other work on the machine only ever slows. Needs the vendored Pyodide, npm and Chromium.
"""

import argparse
import functools
import http.server
import statistics
import subprocess
import threading
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Page

from convoscope.homes.browser import opened_browser
from convoscope.homes.bundle import engine_files, zip_bytes

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODULES = HERE / "node_modules"
PACKAGES = ("convnetjs@0.3.0", "@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0")
SOURCES = (  # in the order of ConvNetJS's own build file
    *("init", "util", "vol", "vol_util", "layers_dotproducts", "layers_pool", "layers_input", "layers_loss"),
    *("layers_nonlinearities", "layers_dropout", "layers_normalization", "net", "trainers", "magicnet", "export"),
)
TURN_SECONDS = 0.5
MOST_EXAMPLES = 30_000  # in the race: two minutes and more for the slowest
HORIZONS = (8_000, 25_000)  # examples: enough for 97 % and for 98 %
BATCHES = (1, 20, 32, 128)
FOLDER = "/benchmarks/browser_training/"
TFJS = FOLDER + "node_modules/@tensorflow/"


class Handler(http.server.SimpleHTTPRequestHandler):
    """The project's files, plus what is made for this run."""

    made: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        if self.path not in self.made:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "application/zip")
        self.send_header("Content-Length", str(len(self.made[self.path])))
        self.end_headers()
        self.wfile.write(self.made[self.path])

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def contestants(newest: bool) -> dict[str, tuple[str, dict, str]]:
    """Name -> worker file, what it needs to start, kind of worker."""
    digits = {
        "trainShards": [f"/static/data/mnist/train-{i:02d}.gz" for i in range(8)],
        "testShards": ["/static/data/mnist/test-00.gz", "/static/data/mnist/test-03.gz"],  # clean and hard writers
    }
    ours = {"pyodide": "/vendor/pyodide/", "engine": "/made/engine.zip", "code": FOLDER + "contestant.py"}
    tensorflow = {
        "library": TFJS + "tfjs/dist/tf.min.js",
        "wasmLibrary": TFJS + "tfjs-backend-wasm/dist/tf-backend-wasm.min.js",
        "wasmFolder": TFJS + "tfjs-backend-wasm/dist/",
    }
    npm = {"library": FOLDER + "node_modules/convnetjs/build/convnet.js"}
    found = {
        "ours": ("ours.worker.mjs", ours | digits, "module"),
        "ConvNetJS npm 0.3.0": ("convnetjs.worker.js", npm | digits, "classic"),
        "ConvNetJS newest": ("convnetjs.worker.js", {"library": "/made/convnet.js"} | digits, "classic"),
        "TensorFlow.js cpu": ("tfjs.worker.js", tensorflow | digits | {"backend": "cpu"}, "classic"),
        "TensorFlow.js wasm": ("tfjs.worker.js", tensorflow | digits | {"backend": "wasm"}, "classic"),
    }
    return found if newest else {name: value for name, value in found.items() if name != "ConvNetJS newest"}


def ask(page: Page, name: str, command: str, **settings: object):
    return page.evaluate("([name, command, settings]) => ask(name, command, settings)", [name, command, settings])


def speed(page: Page, names: list[str], network: str, batch: int, rounds: int) -> dict[str, float | str]:
    """Examples per second of each, in turns; or the sentence with which one refuses to train."""
    rates: dict[str, list[float]] = {name: [] for name in names}
    refused: dict[str, str] = {}
    for name in names:
        ask(page, name, "prepare", network=network, batch=batch)
    for round_number in range(rounds + 1):
        for name in [name for name in names if name not in refused]:
            try:
                done = ask(page, name, "turn", seconds=TURN_SECONDS)
            except Exception as error:
                refused[name] = str(error).split("Error: ")[-1].splitlines()[0]
                continue
            if round_number:  # the first turn warms up
                rates[name].append(done["examples"] / done["seconds"])
    return {name: refused.get(name) or max(rates[name]) for name in names}


def print_speeds(page: Page, names: list[str], rounds: int) -> None:
    print("Examples trained per second (ours ÷ theirs)\n")
    print("| network, batch | " + " | ".join(names) + " |")
    print("| --- " * (len(names) + 1) + "|")
    for network in ("convnetjs_mnist", "lenet5"):
        for batch in BATCHES:
            found = speed(page, names, network, batch, rounds)
            cells = [cell(value, found["ours"]) for value in found.values()]
            print(f"| {network}, {batch} | " + " | ".join(cells) + " |", flush=True)


def cell(rate: float | str, ours: float) -> str:
    """One entry of the table: the rate and how many times as fast ours is, or why there is none."""
    if isinstance(rate, str):
        return f"cannot train: {rate}"
    return f"{rate:,.0f}" if rate == ours else f"{rate:,.0f} ({ours / rate:.1f})"


def race(page: Page, name: str, seed: int, **recipe: object) -> dict[float, float]:
    """Seconds of training (testing not counted) until the test digits are read at 97 % and at 98 %."""
    ask(page, name, "prepare", network="convnetjs_mnist", batch=20, seed=seed, **recipe)
    seconds, reached, seen = 0.0, {}, 0
    while 0.98 not in reached and seen < MOST_EXAMPLES:
        done = ask(page, name, "turn", seconds=1000, examples=1000)
        seconds, seen = seconds + done["seconds"], seen + done["examples"]
        accuracy = ask(page, name, "accuracy")
        reached |= {level: seconds for level in (0.97, 0.98) if accuracy >= level and level not in reached}
    return reached


def print_races(page: Page, names: list[str], count: int) -> None:
    print("\nSeconds of training to 97 % and 98 % of 2,500 test digits: median (and all); inf: not within the examples\n")
    print("| who | 97 % | 98 % |\n| --- | --- | --- |")
    falling = "SGD with Nesterov momentum, learning rate falling to 0 over {:,} examples"
    entries = [("ours", falling.format(n), {"optimiser": "nesterov", "horizon": n}) for n in HORIZONS]
    entries += [(n, "Adadelta", {"optimiser": "adadelta"}) for n in names if n.startswith(("ours", "ConvNetJS"))]
    for name, label, recipe in entries:
        runs = [race(page, name, seed, **recipe) for seed in range(count)]
        cells = [f"{name}, {label}"]
        for level in (0.97, 0.98):
            times = sorted(run.get(level, float("inf")) for run in runs)
            cells.append(f"{statistics.median(times):.1f} ({', '.join(f'{t:.1f}' for t in times)})")
        print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Training in Chromium, side by side.")
    parser.add_argument("--convnetjs", type=Path, help="a checkout of karpathy/convnetjs, for its newest source")
    parser.add_argument("--race", type=int, default=0, help="seeds for the race to 97 %% and 98 %%; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each in the table of speeds; 0 leaves it out")
    options = parser.parse_args()
    if not MODULES.is_dir():
        command = ["npm", "install", "--prefix", str(HERE), "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([*command, *PACKAGES], check=True)
    Handler.made["/made/engine.zip"] = zip_bytes(engine_files())
    if options.convnetjs:
        sources = [(options.convnetjs / "src" / f"convnet_{name}.js").read_bytes() for name in SOURCES]
        Handler.made["/made/convnet.js"] = b"\n".join(sources)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with opened_browser() as browser:
        print(f"Chromium {browser.version}, headless\n")
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}{FOLDER}page.html")
        found = contestants(options.convnetjs is not None)
        for name, (file, settings, kind) in found.items():
            page.evaluate("(entry) => start(...entry)", [name, file, settings, kind])
        if options.rounds:
            print_speeds(page, list(found), options.rounds)
        if options.race:
            print_races(page, list(found), options.race)
    server.shutdown()


if __name__ == "__main__":
    main()
