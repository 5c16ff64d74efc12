"""Students of a Panel server, as people use it: a view is opened, looked at for some seconds, changed, perhaps by dragging
a slider; another view is opened; some press Start all at once and change the learning rate while it trains.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from websocket_page import ServerFull, WebsocketPage

BEAT = 1.0  # seconds between two questions of a page whether the server is there
THINKING = 3.0  # seconds on average between two changes
SHORTEST = 0.4
DRAG_PAUSE = 0.05  # seconds from an answer to the next value of a slider that is dragged
Change = tuple[str, Any]  # a setting and its value

# What people change, view by view. A list of changes is a drag: one value after the other.
LOOKING: dict[str, list[list[Change]]] = {
    "convolution": [
        *([("kernel", name)] for name in ("blur", "sobel_x", "edge", "sharpen")),
        [("image", "digit")], [("digit", 123)], [("image", "camera")], [("stride", 2)], [("padding", 1)],
        [("image", "lecture")], [("bias", n / 4) for n in range(8)],
    ],
    "downsampling": [[("window", 3)], [("window", 2)], [("image", "digit")], [("shift", "right")], [("stride", 1)]],
    "rgb": [[("preset", "lecture")], [("stride", 2)], [("preset", "cs231n")], [("seed", 5)], [("channels", "green")]],
    "gradients": [[("layer", "max_pooling")], [("layer", "linear")], [("layer", "convolution")], [("stride", 2)]],
    "backprop": [[("preset", "network")], [("preset", "quiz")], [("preset", "logistic")]],
    "network": [[("digit", n)] for n in (7, 99, 1234, 5)] + [[("digit", n) for n in range(20, 26)]],
    "architectures": [[("architecture", "alexnet")], [("architecture", "lenet5")], [("architecture", "vgg16")]],
}  # fmt: skip
TRAINING: list[list[Change]] = [
    [("example", 3)], [("learning_rate", 0.01)], [("example", 17)], [("page", 2)], [("learning_rate", 0.05)],
    [("weight_decay", 0.001)], [("example", n) for n in range(40, 46)],
]  # fmt: skip


@dataclass
class Lesson:
    """What all students of a lesson share: when it ends, when all press Start, and what was measured."""

    url: str
    seconds: float
    start: asyncio.Event = field(default_factory=asyncio.Event)
    answers: list[tuple[float, str]] = field(default_factory=list)  # seconds, what was asked
    pages: list[float] = field(default_factory=list)  # seconds until the page was fetched
    failures: list[str] = field(default_factory=list)
    news: int = 0
    is_measuring: bool = False
    end: float = 0.0


class Student:
    """One student with one page. random decides what it does when: the same seed, the same lesson."""

    def __init__(self, lesson: Lesson, number: int, trains: bool) -> None:
        self.lesson, self.trains, self.random = lesson, trains, random.Random(number)
        self.page = WebsocketPage(lesson.url)

    async def come(self) -> None:
        """Open the page and the first view."""
        try:
            await self.page.open()
        except (ServerFull, OSError) as error:
            self.lesson.failures.append(f"opening: {error!r}")
            return
        self.lesson.pages.append(self.page.seconds_to_page)
        self.beat = asyncio.ensure_future(self._beat())
        await self._open("train" if self.trains else "convolution")

    async def work(self) -> None:
        """Work until the lesson is over."""
        if not self.lesson.failures:
            await (self._train() if self.trains else self._look())

    async def leave(self) -> None:
        """Close the page."""
        self.lesson.news += self.page.news
        if self.page.closed:
            self.lesson.failures.append("the websocket was closed")
        elif hasattr(self, "beat"):
            self.beat.cancel()
            await self.page.close()

    async def _look(self) -> None:
        while self._has_time():
            view = self.random.choice(list(LOOKING))
            await self._think()
            await self._open(view)
            for _ in range(self.random.randint(3, 8)):
                if not self._has_time():
                    return
                await self._think()
                await self._change(view, self.random.choice(LOOKING[view]))

    async def _train(self) -> None:
        await self.lesson.start.wait()
        await self._ask("train", "start")
        while self._has_time():
            await self._think()
            await self._change("train", self.random.choice(TRAINING))
            if self.random.random() < 0.15:
                await self._ask("train", "pause")
                await self._think()
                await self._ask("train", "start")

    async def _open(self, view: str) -> None:
        await asyncio.gather(self._ask(view, "draw"), self._ask(view, "reset"))

    async def _change(self, view: str, changes: list[Change]) -> None:
        for name, value in changes:
            await self._ask(view, name, value)
            if len(changes) > 1:
                await asyncio.sleep(DRAG_PAUSE)

    async def _ask(self, view: str, name: str, value: Any = None) -> None:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(60):
                answer = await self.page.ask(view, name, value)
        except (TimeoutError, ConnectionError) as error:
            self.lesson.failures.append(f"{view} {name}: {error!r}")
            return
        if answer.header.get("error"):
            self.lesson.failures.append(f"{view} {name} = {value}: {answer.header['error']}")
        if self.lesson.is_measuring:
            self.lesson.answers.append((time.perf_counter() - began, f"{view} {name}"))

    async def _think(self) -> None:
        await asyncio.sleep(max(SHORTEST, self.random.expovariate(1 / THINKING)))

    async def _beat(self) -> None:
        while not self.page.closed:
            await asyncio.sleep(BEAT)
            await self.page.request("SERVER-INFO-REQ")

    def _has_time(self) -> bool:
        return time.monotonic() < self.lesson.end and not self.page.closed


async def lesson_of(url: str, students: int, training: int, seconds: float, between: Callable[[], Awaitable[None]]) -> Lesson:
    """A lesson: all come within a few seconds, those who train press Start at the same moment, then all work for so long.

    between: what is done when all have worked and before they leave.
    """
    lesson = Lesson(url, seconds)
    there = [Student(lesson, number, trains=number < training) for number in range(students)]
    arrivals = random.Random(0)

    async def arrive(student: Student) -> None:
        await asyncio.sleep(arrivals.uniform(0, min(10, students / 4)))
        await student.come()

    await asyncio.gather(*map(arrive, there))
    lesson.is_measuring, lesson.end = True, time.monotonic() + seconds
    lesson.start.set()
    await asyncio.gather(*(student.work() for student in there))
    lesson.is_measuring = False
    await between()
    await asyncio.gather(*(student.leave() for student in there))
    return lesson
