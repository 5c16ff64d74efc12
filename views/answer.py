"""How every home answers: text comes in, a packet of bytes goes out, whatever happens in between.

The web worker, the Panel server and the training processes all answer through these functions: an event that is too
large, or that meets a fault of ours, is answered by a sentence, and the fault is logged with its traceback.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from .files import FetchedFiles, FileNeeded
from .session import Session, Update
from .settings import SettingError

LARGEST_EVENT = 12_000_000  # characters: a file of 8 MB in base64
MOST_VALUES = 200_000  # in one event; a picture of 224×224 colours has 150,528
log = logging.getLogger("convoscope")


def read_event(text: str) -> dict[str, Any]:
    """The event that a page wrote as JSON. Raises SettingError if it is none, or larger than any page of ours writes."""
    if len(text) > LARGEST_EVENT or text.count(",") > MOST_VALUES:
        size = f"{len(text):,} characters with {text.count(',') + 1:,} values"
        raise SettingError(
            f"the change is too large ({size}; {LARGEST_EVENT:,} with {MOST_VALUES:,} are the most); choose a smaller file"
        )
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        raise SettingError("the page sent a change that cannot be read; load the page again") from None
    if not isinstance(event, dict):
        raise SettingError("the page sent something that is not a change; load the page again")
    return event


def answer(session: Session, event: Mapping[str, Any]) -> Update:
    """The update that answers an event, whatever happens. Raises FileNeeded if a file must be fetched first."""
    try:
        return session.handle(event)
    except FileNeeded:
        raise
    except Exception as error:
        view, name = event.get("view"), event.get("name")
        log.exception("%s met a fault while it answered %s = %.200r", view, name, event.get("value"))
        return refusal(view, session.settings_of(view), fault(error))


def answer_text(session: Session, text: str, number: int = 0) -> bytes:
    """The packet that answers an event as text. number: by which the page knows the answer. Raises FileNeeded."""
    try:
        event = read_event(text)
    except SettingError as error:
        return refusal("", {}, f"{str(error)[:1].upper()}{str(error)[1:]}.").to_bytes(number)
    update = answer(session, event)
    try:
        return update.to_bytes(number)
    except Exception as error:
        log.exception("The answer to %.200s could not be packed", text)
        return refusal(update.view, update.settings, fault(error)).to_bytes(number)


def tick(session: Session) -> Update | None:
    """A piece of the work that goes on by itself; after a fault it stands still and says so. Raises FileNeeded."""
    try:
        return session.tick()
    except FileNeeded:
        raise
    except Exception as error:
        log.exception("Work that goes on by itself met a fault")
        said = fault(error)
    try:
        return session.halt(said)
    except Exception:  # what is shown met the same fault
        return refusal("train", session.settings_of("train"), said)


def fault(error: Exception) -> str:
    """What the user is told about a fault of ours."""
    return f"The engine met an unexpected fault ({type(error).__name__})."


def refusal(view: object, settings: dict[str, Any], sentence: str) -> Update:
    """The update that changes nothing and says why."""
    return Update(str(view), settings, error=sentence)


class Answerer:
    """Answers events in two calls, because only the page can fetch: first `needs` until it is empty, then `answer`."""

    def __init__(self) -> None:
        self._files = FetchedFiles()
        self._session = Session(self._files)
        self._packet = b""

    def open(self, view: str) -> str:
        """Import what a view needs before its first event. Returns the path of a file to `put` before the next try, or ""."""
        try:
            self._session.open(view)
        except FileNeeded as needed:
            return needed.path
        except OSError:
            log.info("What the view %s needs did not come; its first event will ask again", view)
        return ""

    def needs(self, event: str) -> str:
        """Try to answer an event (JSON). Returns the path of a file to `put` before the next try, or ""."""
        try:
            self._packet = answer_text(self._session, event)
        except FileNeeded as needed:
            return needed.path
        return ""

    def busy(self) -> bool:
        """Whether work goes on by itself: then `tick` is to be called between events."""
        return self._session.busy

    def tick(self) -> str:
        """Do a piece of that work. Returns the path of a file to `put` first, or ""; `answer` is empty if nothing is new."""
        self._packet = b""
        try:
            update = tick(self._session)
        except FileNeeded as needed:
            return needed.path
        if update:
            self._packet = update.to_bytes()
        return ""

    def next_file(self) -> str:
        """The path of a file that a later tick will need, to be fetched and `put` meanwhile, or ""."""
        path = self._session.next_file
        return "" if self._files.has(path) else path

    def answer(self) -> bytes:
        """The packet of the last event or tick that needed nothing more."""
        return self._packet

    def put(self, path: str, data: object) -> None:
        """Hand in a fetched file. data: bytes, or a JavaScript Uint8Array."""
        self._files.put(path, data.to_bytes() if hasattr(data, "to_bytes") else data)  # type: ignore[arg-type]

    def fail(self, path: str, reason: str) -> None:
        """Say that a file cannot be had; the next try answers with that reason."""
        self._files.fail(path, reason)
