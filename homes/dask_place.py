"""One page's place on the cluster: its events go there, its news come back, and its last checkpoint is kept here.

When the process that trained is lost, the page gets a place in another: the checkpoint and the settings go there, what
was asked is asked again, and the page is told. All methods but `send` and `leave` run in the cluster's thread.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from ..views.answer import log
from .dask_cluster import Actor, Cluster, ClusterError
from .dask_worker import NoPlace, TrainingAnswer

DEADLINE = 30.0  # seconds for one answer; then the process counts as lost
MOST_TRIES = 2  # with the same event
FULL = (
    "Every place for training on this server is taken. Try again when somebody has closed the page, or open the static "
    "site, where your own browser trains."
)
ENDED = "The process that trained your network has ended."
MOVED = f"{ENDED} Another goes on from the last checkpoint."
LOST = f"{ENDED} It ended a second time over the same change. Your last checkpoint is kept: start again."


class Place:
    """Hands a page's events to its trainee."""

    def __init__(
        self,
        cluster: Cluster,
        settings: Mapping[str, Any],
        tell: Callable[[TrainingAnswer], None],
        refuse: Callable[[int, str], None],
    ) -> None:
        """tell: what the trainee tells. refuse: the number of an event that cannot be answered, and why."""
        self._cluster, self._tell, self._refuse = cluster, tell, refuse
        self.settings, self._status, self._backup = dict(settings), "", b""
        self._actor: Actor | None = None
        self._held: Any = None  # the future that keeps the actor alive
        self._listening: asyncio.Task[None] | None = None
        self._moving = asyncio.Lock()
        self._in_turn = asyncio.Lock()
        self._has_left = False

    @property
    def has_trained(self) -> bool:
        """Whether a checkpoint is kept here."""
        return bool(self._backup)

    def send(self, number: int, event: Mapping[str, Any]) -> None:
        """Hand in an event; what comes of it is told later."""
        self._cluster.run(self._answer(number, event))

    def leave(self) -> None:
        """Stop whatever is going on and free the place."""
        self._cluster.run(self._leave())

    async def _answer(self, number: int, event: Mapping[str, Any]) -> None:
        async with self._in_turn:
            for _ in range(MOST_TRIES):
                try:
                    actor = await self._trainee()
                    return self._take(await _soon(actor.answer(dict(event), number)))
                except NoPlace:
                    return self._refuse(number, FULL)
                except ClusterError as error:
                    return self._refuse(number, str(error))
                except Exception as error:  # whatever Dask says: the process is lost
                    log.warning("A training process is lost: %r", error)
                    self._lose(actor)
            self._refuse(number, LOST)

    async def _trainee(self) -> Actor:
        """The actor that trains for this page; a new one if there is none."""
        async with self._moving:
            if self._actor is None and not self._has_left:
                actor, self._held = await self._cluster.trainee(self.settings)
                if self._backup:
                    await self._bring_checkpoint(actor)
                self._actor = actor
                self._listening = self._cluster.listen(self._listen(actor))
            return self._actor

    async def _bring_checkpoint(self, actor: Actor) -> None:
        """The new trainee goes on from the last checkpoint, with the settings as they are now."""
        running = self._status in ("running", "testing")
        backup = base64.b64encode(self._backup).decode()
        settings = dict(self.settings)
        await _soon(actor.answer({"view": "train", "name": "restore", "value": backup}))
        told = await _soon(actor.answer({"view": "train", "name": "settings", "value": settings}, 0, MOVED))
        if running:
            told = await _soon(actor.answer({"view": "train", "name": "start"}, 0, MOVED))
        self._take(told)

    async def _listen(self, actor: Actor) -> None:
        """Pass on the news, and notice the loss of the process."""
        next_news = actor.news
        try:
            while actor is self._actor:
                if news := await _soon(next_news()):
                    self._take(news)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if actor is not self._actor:
                return
            log.warning("A training process is lost: %r", error)
            self._lose(actor)
            await self._move()

    async def _move(self) -> None:
        """Go on elsewhere; if that cannot be, say why."""
        try:
            await self._trainee()
        except NoPlace:
            self._refuse(0, f"{ENDED} {FULL}")
        except ClusterError as error:
            self._refuse(0, str(error))
        except Exception as error:
            log.warning("The training could not go on elsewhere: %r", error)
            self._refuse(0, f"{ENDED} Your last checkpoint is kept: start again.")

    def _take(self, told: TrainingAnswer) -> None:
        if self._has_left:
            return
        self.settings, self._status = told.settings, told.status or self._status
        self._backup = told.backup or self._backup
        self._tell(told)

    def _lose(self, actor: Actor) -> None:
        if actor is self._actor:
            self._actor = self._held = None

    async def _leave(self) -> None:
        self._has_left = True
        actor, self._actor, held, self._held = self._actor, None, self._held, None
        if self._listening:
            self._listening.cancel()
        if actor is not None:
            with contextlib.suppress(Exception):
                await _soon(actor.leave())
        del actor, held  # with the last future the actor goes


async def _soon(future: Any) -> Any:
    """The result of an actor's method. Raises TimeoutError if it does not come."""
    async with asyncio.timeout(DEADLINE):
        return await future
