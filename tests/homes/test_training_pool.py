"""Training on the server: bounded, each session for itself, and gone when its page is gone."""

import json
import queue

import numpy as np
import pytest

from convoscope.homes.training_pool import Pool
from convoscope.homes.visitor import FULL, LOST, Visitor
from convoscope.views.packet import unpack

PATIENCE = 60  # seconds: what comes at all may come late on a busy machine
QUICK = {"architecture": "logistic", "learning_rate": 0.01}


class Page:
    """A visitor whose packets are collected."""

    def __init__(self, pool):
        self.packets = queue.Queue()
        self.visitor = Visitor(pool, self.packets.put, lambda number, view: None)
        self.number = 0

    def ask(self, name, value=None, view="train"):
        """Send an event and wait for its own answer. -> header, trace"""
        self.number += 1
        self.visitor.take(self.number, json.dumps({"view": view, "name": name, "value": value}))
        return self.wait(lambda header, trace: header["id"] == self.number)

    def wait(self, good):
        """The next packet that is good."""
        while True:
            header, trace = unpack(self.packets.get(timeout=PATIENCE))
            if good(header, trace):
                return header, trace


@pytest.fixture
def pool():
    made = Pool(processes=1, places=2)
    yield made
    made.end()


def test_two_sessions_train_elsewhere_and_a_third_is_told_so(pool):
    first, second, third = Page(pool), Page(pool), Page(pool)
    first.ask("settings", QUICK)
    assert pool.processes == []  # looking and choosing take no place
    first.ask("start")
    first.wait(lambda header, trace: trace and trace.facts["batches"] not in ("0", "40"))
    header, _ = first.ask("kernel", "blur", view="convolution")
    assert header["settings"]["kernel"] == "blur"  # the other views are answered here, meanwhile
    _, trace = second.ask("step")
    assert trace.facts["batches"] == "1"
    header, trace = third.ask("start")
    assert (header["error"], trace) == (FULL, None)
    _, trace = first.ask("pause")
    assert trace.facts["status"] == "paused"
    assert trace.facts["parameters"] == "7,850"
    first.visitor.leave()
    _, trace = third.ask("step")
    assert trace.facts["batches"] == "1"
    assert len(pool.processes) == 1


def test_what_was_trained_elsewhere_is_shown_by_the_network_view(pool):
    page = Page(pool)
    page.ask("settings", QUICK)
    page.ask("step")
    trained = page.visitor.session.networks.get("trained")
    assert trained.text == "flatten / linear 10"
    assert np.abs(trained.vector).max() > 0


def test_the_end_of_a_training_process_is_told_and_training_can_begin_again(pool):
    page = Page(pool)
    page.ask("settings", QUICK)
    page.ask("step")
    pool.processes[0].worker.terminate()
    page.wait(lambda header, trace: header["id"] == 0 and trace.facts["batches"] == "0")
    _, trace = page.ask("step")
    assert trace.facts["batches"] == "1"


def test_an_event_that_a_process_took_with_it_is_answered(pool):
    page = Page(pool)
    page.ask("step")
    page.visitor._waiting.add(99)
    pool.processes[0].worker.terminate()
    header, _ = page.wait(lambda header, trace: header["id"] == 99)
    assert header["error"] == LOST


def test_the_first_picture_of_a_view_is_made_once_for_all(pool):
    _, trace = Page(pool).ask("reset")
    _, other = Page(pool).ask("reset")
    assert trace.facts == other.facts
    assert trace.facts["batches"] == "40"
