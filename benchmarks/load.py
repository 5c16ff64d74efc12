"""A class on a Panel server: how long answers take when 1 to 60 students work at once, a quarter of them training.

    python benchmarks/load.py                              # 1, 5, 15, 30 and 60 students; writes docs/promises.md
    python benchmarks/load.py --students 4 --seconds 10 --dry-run     # a short look, nothing is written

Server, training processes and students share this machine, so its figures are worse than those of a server of its own. An
answer's time is from the event to the whole packet, at the page's end of the websocket.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import tempfile
import time
from pathlib import Path

import promises
import watched_loop
from panel_process import panel_server
from students import Lesson, lesson_of

CLASSES = (1, 5, 15, 30, 60)
MEASURED = 30  # the class that the promise speaks of
PROMISE = "A session cannot starve others"
LOOP_PROMISE = "Nothing long runs on the server's event loop"
COLUMNS = (
    "students", "training", "answers", "p50 ms", "p95 ms", "p99 ms", "most ms", "failures", "page p95 ms",
    "longest on the loop ms", "MB a session", "MB that stay",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a Panel server under the load of a class.")
    parser.add_argument("--students", type=int, nargs="*", default=list(CLASSES))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--dry-run", action="store_true", help="print the table, write nothing")
    options = parser.parse_args()
    lines = [f"| {' | '.join(COLUMNS)} |", "|" + " ---: |" * len(COLUMNS)]
    print("\n".join(lines), flush=True)
    for students in options.students:
        lesson, line, longest = measure(students, options.seconds)
        lines.append(line)
        print(line, flush=True)
        slowest(lesson)
        if students == MEASURED and not options.dry_run:
            promises.record(PROMISE, figure(lesson))
            promises.record(LOOP_PROMISE, f"{longest:.0f} ms at most, with {students} students")
    if not options.dry_run:
        told = f"{promises.machine()}; {options.seconds:.0f} seconds each, server and students on one machine."
        promises.write_section("load", "\n".join([*lines, "", told]))


def measure(students: int, seconds: float) -> tuple[Lesson, str, float]:
    """One lesson on a new server. -> what was measured, its line of the table, the longest callback in ms"""
    training = students if students == 1 else math.ceil(students / 4)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loop.json"
        places = os.environ | {"CONVOSCOPE_SESSIONS": "80", "CONVOSCOPE_TRAININGS": "16"}
        with panel_server(plant=watched_loop.plant(path), options=["--warm"], env=places) as url:
            pid = panel_server.process.pid  # type: ignore[attr-defined]
            asyncio.run(lesson_of(url, 1, 1, 3, nothing))  # the training processes have begun, everything is warm
            at_rest = settled(pid, path)
            held: list[float] = []
            loop: list[float] = []

            async def look() -> None:
                held.append(memory(pid))
                told = await asyncio.to_thread(watched_loop.ask, pid, path)
                loop.append(1000 * told["longest"][0][0])

            watched_loop.ask(pid, path)
            lesson = asyncio.run(lesson_of(url, students, training, seconds, look))
            left = settled(pid, path)
    shares = [1000 * quantile([seconds for seconds, _ in lesson.answers], share) for share in (0.5, 0.95, 0.99, 1)]
    cells = [
        students, training, len(lesson.answers), *(f"{share:.0f}" for share in shares), len(lesson.failures),
        f"{1000 * quantile(lesson.pages, 0.95):.0f}", f"{loop[0]:.0f}",
        f"{(held[0] - at_rest) / students:.1f}", f"{left - at_rest:.0f}",
    ]  # fmt: skip
    return lesson, "| " + " | ".join(map(str, cells)) + " |", loop[0]


async def nothing() -> None:
    """Nothing is to be done before the students leave."""


def slowest(lesson: Lesson, count: int = 3) -> None:
    """Print what took longest, and what failed."""
    for seconds, what in sorted(lesson.answers, reverse=True)[:count]:
        print(f"    {1000 * seconds:6.0f} ms  {what}")
    for failure in sorted(set(lesson.failures))[:5]:
        print(f"    failed: {failure}")


def figure(lesson: Lesson) -> str:
    """The figure of the promise."""
    times = [seconds for seconds, _ in lesson.answers]
    p95, most = 1000 * quantile(times, 0.95), 1000 * max(times)
    return f"p95 {p95:.0f} ms, most {most:.0f} ms, {len(lesson.failures)} failures in {len(times):,} answers"


def quantile(values: list[float], share: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values) or [math.nan]
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1 if share < 1 else len(ordered) - 1)]


def memory(pid: int) -> float:
    """What a process holds, in MB (resident)."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def settled(pid: int, path: Path, patience: float = 120) -> float:
    """The memory of the server when nobody is there any more and what closed pages held has been given back."""
    last = time.monotonic() + patience
    while watched_loop.ask(pid, path)["objects"]["ServerSession"] and time.monotonic() < last:
        time.sleep(1)
    time.sleep(3)
    return memory(pid)


if __name__ == "__main__":
    main()
