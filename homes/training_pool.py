"""Training on the server: a few processes of their own, so that one student's training freezes nobody's page.

A session that trains gets a place in one of these processes, which answers its train view from then on, lets its training
go on between the events, and posts the news. All places of a process share its digits and its time.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from ..engine import Network
from ..views.files import DiskFiles
from ..views.session import Session, Update

PROCESSES = int(os.environ.get("CONVOSCOPE_TRAINERS", str(max(1, (os.cpu_count() or 2) - 1))))
PLACES = int(os.environ.get("CONVOSCOPE_TRAININGS", "8"))  # in each process
# Tells the number of the event that is answered (0 for news), the packet, and the trained network if it is a new one; a
# packet of no bytes says that the process has ended.
Tell = Callable[[int, bytes, Network | None], None]


@dataclass
class Place:
    """One session's place in a process."""

    process: Process
    key: int
    tell: Tell

    def send(self, event: Mapping[str, Any]) -> None:
        """Hand in an event; what comes of it is told later."""
        self.process.send(("event", self.key, dict(event)))

    def leave(self) -> None:
        """Stop whatever is going on and free the place."""
        self.process.places.pop(self.key, None)
        self.process.send(("leave", self.key))


@dataclass
class Process:
    """One process that trains, seen from the server."""

    pipe: Connection
    worker: Any
    places: dict[int, Place] = field(default_factory=dict)
    ended: bool = False  # it answers nothing any more, and its places have been told so
    lock: threading.Lock = field(default_factory=threading.Lock)  # a place is either told of the end or never given

    @classmethod
    def begin(cls) -> Process:
        """Start a process and a thread that listens to it."""
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # inherited: a process a core, and none waits for another's
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        worker = context.Process(target=work, args=(theirs,), daemon=True)
        worker.start()
        theirs.close()
        process = cls(ours, worker)
        threading.Thread(target=process.listen, daemon=True).start()
        return process

    def give(self, key: int, tell: Tell) -> Place | None:
        """A new place; None if the process has ended."""
        with self.lock:
            return None if self.ended else self.places.setdefault(key, Place(self, key, tell))

    def send(self, message: tuple[Any, ...]) -> None:
        """Hand over a message; a process that is gone says so by itself."""
        with contextlib.suppress(OSError):
            self.pipe.send(message)

    def listen(self) -> None:
        """Pass on what the process tells, until it ends."""
        for key, number, packet, network in _messages(self.pipe):
            if place := self.places.get(key):
                place.tell(number, packet, network)
        with self.lock:
            self.ended = True
            lost = [*self.places.values()]
        for place in lost:
            place.tell(0, b"", None)


class Pool:
    """At most PROCESSES processes with PLACES sessions each; they start when they are needed."""

    def __init__(self, processes: int = PROCESSES, places: int = PLACES) -> None:
        self._most, self._places, self._count = processes, places, 0
        self.processes: list[Process] = []

    def place(self, tell: Tell) -> Place | None:
        """A place in the emptiest process; None if all are taken. tell is called from another thread."""
        self.processes = [process for process in self.processes if not process.ended]
        emptiest = min(self.processes, key=lambda process: len(process.places), default=None)
        if (emptiest is None or emptiest.places) and len(self.processes) < self._most:
            emptiest = Process.begin()
            self.processes.append(emptiest)
        if emptiest is None or len(emptiest.places) >= self._places:
            return None
        self._count += 1
        return emptiest.give(self._count, tell) or self.place(tell)

    def end(self) -> None:
        """End every process."""
        for process in self.processes:
            process.places.clear()
            process.worker.terminate()
            process.worker.join()
            process.pipe.close()
        self.processes = []


def work(pipe: Connection) -> None:
    """What a process does until the server is gone: answer events, and let every session train in turn."""
    files = DiskFiles()
    sessions: dict[int, Session] = {}
    shared: dict[int, Network] = {}
    while True:
        busy = {key: session for key, session in sessions.items() if session.busy}
        try:
            if pipe.poll(0 if busy else None):
                kind, key, *more = pipe.recv()
                if kind == "leave":
                    for table in (sessions, shared, busy):
                        table.pop(key, None)
                    continue
                session = sessions.setdefault(key, Session(files))
                number, packet = _answer(session, more[0])
                _tell(pipe, key, number, packet, session, shared)
            for key, session in busy.items():
                if news := session.tick():
                    _tell(pipe, key, 0, news.to_bytes(), session, shared)
        except (EOFError, OSError):
            return


def _answer(session: Session, event: Mapping[str, Any]) -> tuple[int, bytes]:
    """The number of an event and the packet that answers it, whatever happens."""
    number = event.get("id", 0)
    try:
        return number, session.handle(event).to_bytes(number)
    except Exception as error:  # one session's fault must not end the others' training
        view = str(event.get("view"))
        said = f"Training met an unexpected fault ({type(error).__name__})."
        return number, Update(view, {}, error=said).to_bytes(number)


def _tell(
    pipe: Connection, key: int, number: int, packet: bytes, session: Session, shared: dict[int, Network]
) -> None:
    """Post a packet, and the trained network if it is another one than last time."""
    network = session.networks.get("trained") if session.networks.has("trained") else None
    if network is shared.get(key):
        return pipe.send((key, number, packet, None))
    assert network
    shared[key] = network
    return pipe.send((key, number, packet, network))


def _messages(pipe: Connection) -> Iterator[tuple[int, int, bytes, Network | None]]:
    while True:
        try:
            yield pipe.recv()
        except (EOFError, OSError):
            return
