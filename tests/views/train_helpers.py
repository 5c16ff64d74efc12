"""A session that trains by a clock of its own, so that nothing depends on how fast the machine is."""

import itertools

from convoscope.views.files import DiskFiles
from convoscope.views.session import Session
from convoscope.views.train.state import TrainState

FILES = DiskFiles()  # one for all, so that the digits are unpacked once


class Trainee:
    """A session, and the state of its train view."""

    def __init__(self, monkeypatch, **settings):
        ticks = itertools.count()
        monkeypatch.setattr(TrainState, "clock", staticmethod(lambda: next(ticks) * 0.008))
        self.session = Session(FILES)
        self.session.open("train")
        self.state = self.session._states["train"]
        if settings:
            self.do("settings", settings)

    def do(self, name, value=None):
        """Send an event that must not be refused."""
        update = self.session.handle({"view": "train", "name": name, "value": value})
        assert update.error == ""
        return update

    def refused(self, name, value=None):
        """Send an event that must be refused, and return why."""
        update = self.session.handle({"view": "train", "name": name, "value": value})
        assert update.error != ""
        return update.error

    def learn(self, batches):
        """Start and let time pass until so many more batches are learned, then pause."""
        goal = (self.state.run.step if self.state.run and not self.state.is_preview else 0) + batches
        self.do("start")
        while self.session.busy and self.state.run.step < goal:
            self.session.tick()
        return self.do("pause")

    def finish(self):
        """Let time pass until nothing goes on by itself. -> the last news"""
        last = None
        while self.session.busy:
            last = self.session.tick() or last
        return last

    @property
    def vector(self):
        """A copy of all weights."""
        return self.state.run.network.vector.copy()


def facts(update):
    """The facts of an update."""
    return update.trace.facts
