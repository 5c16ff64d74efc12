"""Watches the event loop of a server, from inside: what runs on it, and for how long.

Planted before the server starts: `import watched_loop; watched_loop.begin(path)`. At SIGUSR1 it writes what it has seen since
the last time, with the objects that are alive, as JSON. The processor's time of the loop's thread counts, so that a busy
machine, or a thread that holds Python's lock, is not taken for work on the loop; the clock's time stands beside it.
"""

from __future__ import annotations

import asyncio
import collections
import gc
import heapq
import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

LONGEST = 20  # callbacks that are kept
COUNTED = ("Document", "ServerSession", "Visit", "Visitor", "Session", "Trainee")

Callback = tuple[float, float, str]  # processor seconds, clock seconds, what it was


class WatchedLoop:
    """What the event loop of the main thread has done."""

    def __init__(self, path: str) -> None:
        self.path, self.was_asked = Path(path), False
        self.forget()
        plain = asyncio.Handle._run  # type: ignore[attr-defined]
        loop_thread = threading.main_thread()

        def run(handle: Any) -> None:
            if threading.current_thread() is not loop_thread:
                return plain(handle)  # type: ignore[no-any-return]
            began, used = time.perf_counter(), time.thread_time()
            try:
                plain(handle)
            finally:
                if self.was_asked:  # the signal came meanwhile: its own work is none of the server's
                    self.was_asked = False
                else:
                    self.note(time.thread_time() - used, time.perf_counter() - began, handle)

        asyncio.Handle._run = run  # type: ignore[attr-defined]

    def forget(self) -> None:
        """Begin anew."""
        self.count, self.longest = 0, list[Callback]()

    def note(self, processor: float, clock: float, handle: Any) -> None:
        """A callback has ended."""
        self.count += 1
        if len(self.longest) < LONGEST or processor > self.longest[0][0]:
            heapq.heappush(self.longest, (processor, clock, name_of(handle)))
            if len(self.longest) > LONGEST:
                heapq.heappop(self.longest)

    def tell(self, *_: object) -> None:
        """Write what was seen."""
        self.was_asked = True
        gc.collect()
        kinds = collections.Counter(type(one).__name__ for one in gc.get_objects())
        told = {
            "callbacks": self.count,
            "longest": sorted(self.longest, reverse=True),
            "objects": {name: kinds[name] for name in COUNTED},
        }
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(told))
        os.replace(new, self.path)
        self.forget()


def name_of(handle: Any) -> str:
    """What a callback does: the coroutine of a task, or the function."""
    callback = getattr(handle, "_callback", None)
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return getattr(task.get_coro(), "__qualname__", "a task")
    inner = next(iter(getattr(handle, "_args", None) or ()), callback)  # what Tornado's own callback calls
    function = getattr(inner, "func", inner) if callable(inner) else callback
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', function)}"


def begin(path: str) -> None:
    """Watch from now on, in the main thread."""
    signal.signal(signal.SIGUSR1, WatchedLoop(path).tell)


def plant(path: Path) -> str:
    """The program that watches the loop of a server which is started with it."""
    here = str(Path(__file__).resolve().parent)
    return f"sys.path.insert(0, {here!r}); import watched_loop; watched_loop.begin({str(path)!r})"


def ask(pid: int, path: Path, patience: float = 60) -> dict[str, Any]:
    """Let the server of that process say what it has seen since the last time."""
    path.unlink(missing_ok=True)
    os.kill(pid, signal.SIGUSR1)
    last = time.monotonic() + patience
    while not path.exists():
        if time.monotonic() > last:
            raise TimeoutError(f"the server said nothing of its event loop for {patience} seconds")
        time.sleep(0.02)
    told: dict[str, Any] = json.loads(path.read_text())
    return told
