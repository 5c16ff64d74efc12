"""What goes on by itself in a page of the Panel home, piece by piece in the server's threads; two pages that read at once."""

import json
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from convoscope.homes.visitor import Visitor
from convoscope.views.files import DiskFiles
from convoscope.views.imagenet import imagenet_network, probabilities_of
from convoscope.views.images import photo
from convoscope.views.session import Session

FILES = DiskFiles()
PATIENCE = 20  # seconds for a thread


class Working:
    """A session in which so many pieces of work go on by themselves, each of which waits until the test lets it."""

    def __init__(self, pieces):
        self.session, self.left, self.log = Session(FILES), pieces, []
        self.may_tick = threading.Semaphore(0)

    @property
    def busy(self):
        return self.left > 0

    def tick(self):
        assert self.may_tick.acquire(timeout=PATIENCE)
        self.left -= 1
        self.log.append("piece")
        return self.session.handle({"view": "convolution", "name": "reset"})

    def handle(self, event):
        self.log.append(event["name"])
        return self.session.handle(event)

    def settings_of(self, view):
        return self.session.settings_of(view)


@pytest.fixture
def visited():
    packets = queue.Queue()
    with ThreadPoolExecutor(1) as threads:
        visitor = Visitor(None, threads, packets.put, lambda number, view: None)
        working = vars(visitor)["session"] = Working(5)
        yield visitor, working, packets
        visitor.leave()
        for _ in range(5):
            working.may_tick.release()


def event(name):
    return json.dumps({"view": "convolution", "name": name, "value": 2})


def test_work_that_goes_on_is_told_and_lets_events_in_between_its_pieces(visited):
    visitor, working, packets = visited
    visitor.take(1, event("stride"))
    packets.get(timeout=PATIENCE)
    visitor.take(2, event("padding"))  # one piece waits in the thread
    working.may_tick.release()
    for _ in range(2):
        packets.get(timeout=PATIENCE)
    assert working.log == ["stride", "piece", "padding"]
    for _ in range(4):
        working.may_tick.release()
    for _ in range(4):
        packets.get(timeout=PATIENCE)
    visitor.take(3, event("stride"))  # the thread is free again
    packets.get(timeout=PATIENCE)
    assert working.log == ["stride", "piece", "padding", *["piece"] * 4, "stride"]


def test_work_ends_when_the_page_is_closed(visited):
    visitor, working, packets = visited
    visitor.take(1, event("stride"))
    packets.get(timeout=PATIENCE)
    visitor.leave()
    working.may_tick.release()  # the piece that waits in the thread
    packets.get(timeout=PATIENCE)
    assert visitor._threads.submit(lambda: list(working.log)).result(PATIENCE) == ["stride", "piece"]
    assert working.left == 4


def test_two_visitors_who_read_at_once_get_each_the_numbers_of_their_own_photograph():
    network, names = imagenet_network(FILES), ("cat", "panda")
    alone = {name: probabilities_of(photo(name, 224, FILES), FILES) for name in names}
    together, begin = [], threading.Barrier(2)

    def read(name):
        begin.wait(PATIENCE)
        together.append((name, probabilities_of(photo(name, 224, FILES), FILES)))

    with ThreadPoolExecutor(2) as threads:
        for _ in range(6):
            for done in [threads.submit(read, name) for name in names]:
                done.result(PATIENCE)
    for name, probabilities in together:
        np.testing.assert_array_equal(probabilities, alone[name])
    assert imagenet_network(FILES) is network  # its weights are read once
