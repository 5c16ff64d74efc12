"""Half an hour of training, as 2,000 short ticks with their pictures: the memory stays flat."""

import tracemalloc

from convoscope.views.train.run_history import MOST_CHECKPOINTS

from .train_helpers import Trainee

TICKS = 2000


def traced_when_history_is_full(trainee):
    """Train on until the history holds as many checkpoints as it may. -> bytes in use"""
    while True:
        if update := trainee.session.tick():
            update.to_bytes(1)
            if len(trainee.state.run.checkpoints.all) == MOST_CHECKPOINTS:
                return tracemalloc.get_traced_memory()[0]


def leaked(trainee, ticks=TICKS):
    """How many bytes more are in use after so many ticks."""
    trainee.do("start")
    tracemalloc.start()
    try:
        before = traced_when_history_is_full(trainee)
        for _ in range(ticks):
            if update := trainee.session.tick():
                update.to_bytes(1)
        return traced_when_history_is_full(trainee) - before
    finally:
        tracemalloc.stop()


def test_memory_stays_flat(monkeypatch):
    trainee = Trainee(monkeypatch, architecture="logistic", learning_rate=0.001, batch_size=4)
    monkeypatch.setattr("convoscope.views.train.state.NEWS_SECONDS", 2.0)
    bytes_more = leaked(trainee)
    assert trainee.state.run.step > TICKS
    assert bytes_more < 300_000


def test_a_planted_leak_is_seen(monkeypatch):
    trainee = Trainee(monkeypatch, architecture="logistic", learning_rate=0.001, batch_size=4)
    monkeypatch.setattr("convoscope.views.train.state.NEWS_SECONDS", 5.0)
    leak, train = [], trainee.state._train
    monkeypatch.setattr(trainee.state, "_train", lambda run, settings: (train(run, settings), leak.append(bytes(1000))))
    assert leaked(trainee, 350) > 300_000
