"""The quiz answers of a class, in the memory of a Panel server: a lecturer begins a class and reads it, students hand lines in.

A line is what static/js/result-line.mjs writes. The class has a code for the students and a key for the lecturer's page
alone; it ends with the server, or LIFE after it began. A page may do little at a time, and all pages together are limited.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..views.answer import refusal
from ..views.session import Update
from ..views.settings import SettingError
from ..views.state import Download

ACTIONS = ("collect", "hand_in")  # events that are no settings
MOST_CLASSES = 200
MOST_LINES = 1000  # of a class
LONGEST_LINE = 160  # characters
LIFE = 12 * 3600.0  # seconds
PAUSE = 2.0  # seconds between two actions of a page
MOST_BEGUN = 5  # classes of a page
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # of checksums, as the page has them
CODE_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"  # that nobody confuses when they are read out
CODE_LENGTH = 6
LINE = re.compile(r"CQ1\|[a-z]{1,20}-(?:\d{1,4}|own)-[0-9a-z]{4}\|[1-9r-]{1,60}\|([^|\n\r]{1,80})\|([0-9a-z]{4})", re.ASCII)


@dataclass(frozen=True)
class SchoolClass:
    """The results that have come for one code."""

    code: str
    key: str
    began: float
    lines: list[str] = field(default_factory=list)


class Classes:
    """Every class on this server, for all of its threads. clock: seconds from anywhere."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._by_code: dict[str, SchoolClass] = {}

    def begin(self) -> SchoolClass:
        """A new class. Raises SettingError if there are too many."""
        with self._lock:
            self._drop_old()
            if len(self._by_code) >= MOST_CLASSES:
                raise SettingError("this server holds as many classes as it can; let your students paste their lines instead")
            code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
            if code in self._by_code:
                raise SettingError("that code was taken just now; try again")
            self._by_code[code] = SchoolClass(code, secrets.token_urlsafe(16), self._clock())
            return self._by_code[code]

    def of_key(self, key: object) -> SchoolClass:
        """The class that a key opens. Raises SettingError."""
        with self._lock:
            self._drop_old()
            for one in self._by_code.values():
                if isinstance(key, str) and secrets.compare_digest(one.key.encode(), key.encode("utf-8", "replace")):
                    return SchoolClass(one.code, one.key, one.began, list(one.lines))
        raise SettingError("there is no such class any more: it ends with the server, or after 12 hours; begin a new one")

    def hand_in(self, code: object, line: object) -> None:
        """Take a line for a class; the same line again changes nothing. Raises SettingError."""
        text = checked(line)
        wanted = code.strip().upper() if isinstance(code, str) else ""
        with self._lock:
            self._drop_old()
            if wanted not in self._by_code:
                raise SettingError("there is no class with this code on this server; look at the code again, or copy your line")
            lines = self._by_code[wanted].lines
            if text in lines:
                return
            if len(lines) >= MOST_LINES:
                raise SettingError(f"this class has {MOST_LINES:,} results already; copy your line instead")
            lines.append(text)

    def _drop_old(self) -> None:
        now = self._clock()
        self._by_code = {code: one for code, one in self._by_code.items() if now - one.began < LIFE}


CLASSES = Classes()


class ClassDesk:
    """What one page may do with the classes of the server."""

    def __init__(self, classes: Classes, clock: Callable[[], float] = time.monotonic) -> None:
        self._classes, self._clock = classes, clock
        self._latest, self._begun = -PAUSE, 0

    def update(self, event: Mapping[str, Any], settings: dict[str, Any]) -> Update:
        """The answer to an event of ACTIONS: what there is to know as a file of JSON, or a sentence."""
        view, value = str(event.get("view")), event.get("value")
        try:
            known = self._answer(event.get("name"), value if isinstance(value, Mapping) else {})
        except SettingError as error:
            return refusal(view, settings, f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return Update(view, settings, download=Download("class.json", "application/json", json.dumps(known).encode()))

    def _answer(self, name: object, value: Mapping[str, Any]) -> dict[str, Any]:
        now = self._clock()
        if now - self._latest < PAUSE:
            raise SettingError("that was very soon after the last time; wait two seconds and try again")
        self._latest = now
        if name == "hand_in":
            self._classes.hand_in(value.get("code"), value.get("line"))
            return {}
        one = self._begin() if value.get("begin") else self._classes.of_key(value.get("key"))
        return {"code": one.code, "key": one.key, "lines": one.lines}

    def _begin(self) -> SchoolClass:
        if self._begun >= MOST_BEGUN:
            raise SettingError(f"this page has begun {MOST_BEGUN} classes already; use one of them")
        self._begun += 1
        return self._classes.begin()


def checked(line: object) -> str:
    """A result line as it was written. Raises SettingError for anything else."""
    text = unicodedata.normalize("NFC", line.strip()) if isinstance(line, str) and len(line) <= LONGEST_LINE else ""
    match = LINE.fullmatch(text)
    is_seen = match and not any(unicodedata.category(letter).startswith("C") for letter in match[1])
    if not match or not is_seen or checksum(text[:-5]) != match[2]:
        raise SettingError("this is not a whole result line; close the dialog, open it again and send the line that it shows")
    return text


def checksum(text: str) -> str:
    """20 bits of a text (FNV-1a, folded) as four letters."""
    total = 0x811C9DC5
    for byte in text.encode():
        total = ((total ^ byte) * 0x01000193) & 0xFFFFFFFF
    folded = (total ^ (total >> 20)) & 0xFFFFF
    return "".join(LETTERS[(folded >> shift) & 31] for shift in (15, 10, 5, 0))
