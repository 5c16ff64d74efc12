"""The Dask cluster that does the server's heavy work: one of this machine's processes, or any that CONVOSCOPE_DASK names.

Everything here runs in one thread with an event loop of its own, so nothing of it stops the server's.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import uuid
from collections.abc import Collection, Coroutine, Mapping
from concurrent.futures import Future
from typing import Any

from distributed import Client, LocalCluster

from .dask_worker import NoPlace, Trainee, places_taken

ADDRESS = os.environ.get("CONVOSCOPE_DASK", "")  # of a scheduler, such as tcp://scheduler:8786
PROCESSES = int(os.environ.get("CONVOSCOPE_TRAINERS", str(max(1, (os.cpu_count() or 2) - 1))))
PLACES = int(os.environ.get("CONVOSCOPE_TRAININGS", "8"))  # in each process
CONNECT_SECONDS = 10.0
PLACE_SECONDS = 60.0  # until a place is given: a process may have to start and to import NumPy
Actor = Any  # of distributed; its methods are those of Trainee


class ClusterError(Exception):
    """The cluster cannot be reached; the text is a sentence for the user."""


class Cluster:
    """Gives pages their place on the cluster. Nothing starts before the first one is asked for."""

    def __init__(self, address: str = ADDRESS, processes: int = PROCESSES, places: int = PLACES) -> None:
        self.address, self._processes, self._places = address, processes, places
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._connecting = asyncio.Lock()
        self._client: Client | None = None
        self._local: LocalCluster | None = None
        self._listening: set[asyncio.Task[None]] = set()

    @property
    def has_started(self) -> bool:
        """Whether somebody has needed it."""
        return self._thread is not None

    def run(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Do some work in the cluster's thread."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop.run_forever, name="Convoscope cluster", daemon=True)
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def wake(self) -> None:
        """Start what there is to be started, so that the first place is given sooner. Nobody waits for it."""
        if not self.has_started:
            self.run(self._wake())

    def end(self) -> None:
        """End the processes that were started here, and let go of the others."""
        if self._thread:
            self.run(self._end()).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def listen(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Some work in the cluster's thread that goes on until it is cancelled."""
        task = asyncio.ensure_future(work)
        self._listening.add(task)
        task.add_done_callback(self._listening.discard)
        return task

    async def client(self) -> Client:
        """A client that is connected. Raises ClusterError."""
        async with self._connecting:
            if self._client and self._client.status == "running":
                return self._client
            await self._close()
            try:
                async with asyncio.timeout(PLACE_SECONDS):
                    self._client = await Client(
                        self.address or await self._start_processes(),
                        asynchronous=True, direct_to_workers=True, timeout=CONNECT_SECONDS, set_as_default=False,
                    )  # fmt: skip
            except (OSError, TimeoutError) as error:
                await self._close()
                raise ClusterError(
                    "The computers that train for this server cannot be reached now. Your work is kept on this page: try "
                    "again in a minute."
                ) from error
            return self._client

    async def trainee(self, settings: Mapping[str, Any]) -> tuple[Actor, Any]:
        """A place in the process with the fewest, and the future that holds it. Raises NoPlace or ClusterError."""
        client = await self.client()
        taken = await asyncio.wait_for(client.run(places_taken, on_error="ignore"), PLACE_SECONDS)
        if not taken:
            raise ClusterError("No computer that trains for this server is running now. Try again in a minute.")
        for address in sorted(taken, key=lambda address: taken[address]):
            future = client.submit(
                Trainee, self._places, dict(settings), actor=True, pure=False, workers=[address], allow_other_workers=True,
                key=f"convoscope-training-{uuid.uuid4()}",
            )  # fmt: skip
            with contextlib.suppress(NoPlace), client.as_current():
                actor = await asyncio.wait_for(future, PLACE_SECONDS)
                assert actor.answer  # asked here for the first time, an actor binds itself to this client
                return actor, future
        raise NoPlace

    async def _wake(self) -> None:
        with contextlib.suppress(ClusterError, TimeoutError, OSError):
            await (await self.client()).run(places_taken, on_error="ignore")  # and each process imports what it needs

    async def _start_processes(self) -> LocalCluster:
        """Processes of this machine. They talk by TLS with keys made now: no other user of the machine can join in."""
        self._local = await LocalCluster(
            n_workers=self._processes, threads_per_worker=1, host="127.0.0.1", security=True, asynchronous=True,
            silence_logs=50, dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},
        )  # fmt: skip
        return self._local

    async def _end(self) -> None:
        await _cancel(self._listening)
        await self._close()
        await _cancel(asyncio.all_tasks() - {asyncio.current_task()})

    async def _close(self) -> None:
        client, local = self._client, self._local
        self._client = self._local = None
        for one in (client, local):
            if one:
                with contextlib.suppress(OSError, TimeoutError, asyncio.CancelledError):
                    closing: Any = one.close()
                    await closing


async def _cancel(tasks: Collection[asyncio.Task[Any] | None]) -> None:
    running = [task for task in tasks if task]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
