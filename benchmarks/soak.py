"""What takes too long for `make test`: many sessions, many deaths of the worker, long cuts, an hour of training.

    python benchmarks/soak.py                        # everything, 1 h 40 min; writes docs/promises.md
    python benchmarks/soak.py sessions cuts          # only these
    python benchmarks/soak.py training --minutes 10 --dry-run

Parts: sessions, stops, deaths, cuts, training, and at last tests: for every promise that has no figure yet its tests are run,
and what they tell is the figure. Each part starts what it needs on this machine and ends it.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator

import promises
import soak_browser
import soak_server
from promise_tests import run_tests

SESSIONS_PROMISE = "Memory comes back on the server"
STOPS_PROMISE = "A stop is obeyed at once"
DEATHS_PROMISE = "A dead or stuck worker comes back"
CUTS_PROMISE = "Connection loss is told and healed"
TRAINING_PROMISE = "Memory stays flat in the browser"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what takes long.")
    parser.add_argument("parts", nargs="*", help="sessions, stops, deaths, cuts, training, tests (default: all)")
    parser.add_argument("--sessions", type=int, default=600)
    parser.add_argument("--deaths", type=int, default=50)
    parser.add_argument("--cuts", type=float, nargs="*", default=[5, 30, 120], help="seconds")
    parser.add_argument("--minutes", type=float, default=60, help="of training")
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    options = parser.parse_args()
    parts = {
        "sessions": (SESSIONS_PROMISE, lambda: soak_server.sessions(options.sessions)),
        "stops": (STOPS_PROMISE, lambda: "; ".join([soak_server.stops(), soak_browser.stops()])),
        "deaths": (DEATHS_PROMISE, lambda: soak_browser.deaths(options.deaths)),
        "cuts": (CUTS_PROMISE, lambda: soak_browser.cuts(options.cuts)),
        "training": (TRAINING_PROMISE, lambda: soak_browser.training(options.minutes)),
    }
    lines = ["| part | figure |", "| --- | --- |"]
    for part in [part for part in options.parts or parts if part != "tests"]:
        promise, work = parts[part]
        with told(part):
            figure = work()
            lines.append(f"| {part} | {figure} |")
            if options.dry_run:
                print(figure)
            else:
                promises.record(promise, figure)
    if not options.parts or "tests" in options.parts:
        run_tests(options.dry_run)
    if not options.dry_run and not options.parts:
        promises.write_section("soak", "\n".join([*lines, "", f"{promises.machine()}."]))


@contextlib.contextmanager
def told(part: str) -> Iterator[None]:
    """Say what is going on; a part that fails does not end the others."""
    print(f"{part} …", flush=True)
    try:
        yield
    except Exception as error:  # a soak goes on
        print(f"{part} FAILED: {error!r}", flush=True)


if __name__ == "__main__":
    main()
