"""Training on the server: on a Dask cluster, bounded, each page for itself, and gone when its page is gone."""

import contextlib
import functools
import json
import os
import queue
import signal
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from convoscope.homes.dask_cluster import Cluster
from convoscope.homes.dask_place import FULL, MOVED
from convoscope.homes.dask_worker import Desk, Trainee, places_taken
from convoscope.homes.visitor import NEEDS_A_PLACE, Visitor
from convoscope.views.packet import unpack
from convoscope.views.train.state import TrainState

from .machines import PATIENCE

QUICK = {"architecture": "logistic", "learning_rate": 0.01}
LEARNING = ("batches", "loss", "training_accuracy", "validation_accuracy")


class Page:
    """A visitor whose packets are collected."""

    def __init__(self, cluster, threads):
        self.packets = queue.Queue()
        self.visitor = Visitor(cluster, threads, self.packets.put, lambda number, view: None)
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

    def train(self):
        """Train a quick network until it has made some progress."""
        self.ask("settings", QUICK)
        self.ask("start")
        self.wait(lambda header, trace: trace and int(trace.facts["batches"].replace(",", "")) > 20)


@pytest.fixture(scope="module")
def threads():
    with ThreadPoolExecutor(2) as made:
        yield made


@contextlib.contextmanager
def ending(cluster):
    try:
        yield cluster
    finally:
        cluster.end()


@pytest.fixture
def embedded(threads):
    """Makes pages of a server with one training process of its own, which has two places."""
    with ending(Cluster(address="", processes=1, places=2)) as cluster:
        page = functools.partial(Page, cluster, threads)
        page.cluster = cluster
        yield page


def on_workers(cluster, work, *arguments):
    """What a function gives on each worker."""

    async def run():
        client = await cluster.client()
        return await client.run(work, *arguments)

    return cluster.run(run()).result(PATIENCE)


def test_two_pages_train_elsewhere_and_a_third_is_told_so(embedded):
    first, second, third = embedded(), embedded(), embedded()
    first.ask("settings", QUICK)
    first.ask("hidden", True)
    assert not embedded.cluster.has_started  # looking and choosing take no place
    first.ask("start")
    first.wait(lambda header, trace: trace and trace.facts["batches"] not in ("0", "40"))
    header, _ = first.ask("kernel", "blur", view="convolution")
    assert header["settings"]["kernel"] == "blur"  # the other views are answered here, meanwhile
    _, trace = second.ask("step")
    assert trace.facts["batches"] == "1"
    header, trace = third.ask("start")
    assert (header["error"], trace) == (FULL, None)
    assert third.ask("settings", QUICK)[1].facts["parameters"] == "7,850"  # it may look and choose
    _, trace = first.ask("pause")
    assert trace.facts["status"] == "paused"
    assert trace.facts["parameters"] == "7,850"
    first.visitor.leave()
    _, trace = third.ask("step")
    assert trace.facts["batches"] == "1"
    assert list(on_workers(embedded.cluster, places_taken).values()) == [2]


def test_what_needs_a_place_is_something_that_the_view_does():
    assert set(TrainState.actions) > NEEDS_A_PLACE


def test_what_was_trained_elsewhere_is_shown_by_the_network_view(embedded):
    page = embedded()
    page.ask("settings", QUICK)
    page.ask("step")
    trained = page.visitor.session.networks.get("trained")
    assert trained.text == "flatten / linear 10"
    assert np.abs(trained.vector).max() > 0


def test_each_process_has_one_thread_for_linear_algebra(embedded):
    embedded().ask("step")
    assert list(on_workers(embedded.cluster, os.environ.get, "OPENBLAS_NUM_THREADS").values()) == ["1"]


def test_the_first_picture_of_a_view_is_made_once_for_all(embedded):
    _, trace = embedded().ask("reset")
    _, other = embedded().ask("reset")
    assert trace.facts == other.facts
    assert trace.facts["batches"] == "40"


@pytest.fixture
def remote(machines, threads, monkeypatch):
    """Makes pages of a server whose cluster is a scheduler and two workers, each with one place."""
    monkeypatch.setattr("convoscope.homes.dask_cluster.CONNECT_SECONDS", PATIENCE)
    machines.worker(), machines.worker()
    with ending(Cluster(machines.address, places=1)) as cluster:
        machines.await_workers(cluster, 2)
        monkeypatch.undo()
        page = functools.partial(Page, cluster, threads)
        page.cluster = cluster
        yield page


def kill_the_process_of(page):
    """End the process that trains for a page, as a fault or a lack of memory would."""
    actor = page.visitor._place._actor
    with contextlib.suppress(OSError, KeyError):
        os.kill(on_workers(page.visitor._cluster, os.getpid)[actor._address], signal.SIGKILL)


def test_a_cluster_of_several_machines_gives_the_same_numbers(remote, embedded):
    here, there = embedded(), remote()
    for page in (here, there):
        page.ask("settings", QUICK)
    for _ in range(3):
        facts = [page.ask("step")[1].facts for page in (here, there)]
        assert [facts[0][name] for name in LEARNING] == [facts[1][name] for name in LEARNING]


def test_a_lost_worker_is_told_and_another_goes_on_from_the_last_checkpoint(remote):
    page = remote()
    page.train()
    kill_the_process_of(page)
    header, trace = page.wait(lambda header, trace: MOVED in header["notices"])
    assert trace.facts["status"] == "running"
    assert trace.facts["parameters"] == "7,850"
    _, trace = page.ask("pause")
    assert trace.facts["status"] == "paused"
    header, trace = remote().ask("step")
    assert (header["error"], trace) == (FULL, None)  # the other worker has one place
    page.visitor.leave()


def test_an_event_that_a_worker_took_with_it_is_asked_again(remote):
    page = remote()
    page.ask("settings", QUICK)
    _, trace = page.ask("step")
    kill_the_process_of(page)
    _, trace = page.ask("step")
    assert trace.facts["batches"] == "2"


def test_a_full_cluster_gives_the_place_of_a_page_that_is_gone(remote):
    first, second, third = remote(), remote(), remote()
    assert first.ask("step")[1].facts["batches"] == "1"
    assert second.ask("step")[1].facts["batches"] == "1"
    assert third.ask("step")[0]["error"] == FULL
    second.visitor.leave()
    assert third.ask("step")[1].facts["batches"] == "1"
    first.visitor.leave(), third.visitor.leave()
    fourth = remote()
    assert fourth.ask("step")[1].facts["batches"] == "1"
    assert sorted(on_workers(remote.cluster, places_taken).values()) == [0, 1]


def test_a_lost_scheduler_is_told_and_a_new_one_goes_on_from_the_last_checkpoint(remote, machines, monkeypatch):
    monkeypatch.setattr("convoscope.homes.dask_cluster.CONNECT_SECONDS", 1)
    page = remote()
    page.train()
    _, trace = page.ask("pause")
    batches = trace.facts["batches"]
    for program in machines.programs:
        program.end()
    header, _ = page.wait(lambda header, trace: header["error"])
    assert "cannot be reached now" in header["error"]
    header, _ = page.ask("step")
    assert "Your work is kept on this page" in header["error"]
    machines.begin("scheduler", "--host", "127.0.0.1", "--port", str(machines.port))
    machines.worker()
    monkeypatch.setattr("convoscope.homes.dask_cluster.CONNECT_SECONDS", PATIENCE)
    machines.await_workers(page.visitor._cluster, 1)
    _, trace = page.ask("pause")
    assert (trace.facts["batches"], trace.facts["parameters"]) == (batches, "7,850")


def test_a_page_that_is_gone_without_a_word_gives_its_place_back(monkeypatch):
    desk = Desk()
    monkeypatch.setattr("convoscope.homes.dask_worker.desk", lambda: desk)
    deserted = Trainee(places=1, settings=QUICK)
    deserted.asked_at -= 31
    kept = Trainee(places=1, settings=QUICK)
    assert list(desk.members) == [kept]
