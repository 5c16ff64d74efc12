"""What ran: the functions of the engine that a view enters for its present settings, found by watching the interpreter.

    functions, result = recorded(work)      calls work() once and notes every function below engine/ that is entered

Python reports each call of the present thread to sys.setprofile's function, so no list is kept by hand and none can be
wrong. `report` adds how far the numbers shown are from the view's definition. A lesson gives for it

    DEFINITION                              the readable functions that define what is shown: see Definition
    check(settings, files[, state])         the same numbers by the definition and as shown: see Check
    work(settings, files[, state])          optional: the function to record in place of `compute`
    ways(settings, files, timed=False)      optional: other ways to compute the same numbers: see Way
"""

from __future__ import annotations

import functools
import inspect
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from types import CodeType, FrameType
from typing import Any, TypeVar

import numpy as np

from .. import engine
from .numbers import write

PACKAGE = engine.__name__
MOST_RUNS = 9
MOST_SECONDS = 0.3  # of one way; the run that goes beyond it is the last
SHORTEST_RUN = 0.01  # seconds: a browser's clock goes in steps of 0.0001
MOST_REPEATS = 100
HELPERS = "checks"  # the module of the engine whose functions only look at what comes in

Result = TypeVar("Result")
Arrays = Mapping[str, Any]


@dataclass(frozen=True)
class Definition:
    """What a view shows, as the engine defines it.

    proof: a sentence that names the tests which hold what runs to it; line: the text of the line that every step executes,
    "" for none. Where the trace has a fact `definition`, only the functions that it names belong to the present settings.
    """

    functions: tuple[Callable[..., Any], ...]
    proof: str
    line: str = ""


@dataclass(frozen=True)
class Check:
    """The same numbers twice, by name: by the definition and as they are shown.

    note: what was left out, as a sentence; what: what is compared, if that is not the list of the names.
    """

    defined: Arrays
    shown: Arrays
    note: str = ""
    what: str = ""

    @property
    def difference(self) -> float:
        """The largest absolute difference; 0 if all are identical, infinite if one of two is not finite."""
        return max(difference(self.defined[name], self.shown[name]) for name in {*self.defined, *self.shown})


@dataclass(frozen=True)
class Way:
    """One way to compute what is shown. seconds: the median of a few runs on this machine, None if it was not timed."""

    name: str  # the value of the setting that chooses it
    label: str
    function: str
    difference: float  # from the definition
    seconds: float | None = None
    note: str = ""

    def plain(self) -> dict[str, str]:
        """As the page shows it."""
        time = "" if self.seconds is None else how_long(self.seconds)
        return {"name": self.name, "label": self.label, "function": self.function, "note": self.note, "time": time} | {
            "difference": how_far(self.difference)
        }


@dataclass
class Function:
    """One function of the engine that ran. caller: the public function of the engine that called it first, "" for the view."""

    name: str  # with its class, such as Conv2dPlan.forward
    file: str
    line: int
    calls: int = 0
    caller: str = ""
    is_helper: bool = False  # private, a property, or it only checks what comes in


@dataclass
class Recorder:
    """Notes the engine's functions that are entered. Comprehensions and lambdas belong to the function around them."""

    known: dict[int, Function | None] = field(default_factory=dict)  # by the id of the code
    open: list[Function] = field(default_factory=list)  # entered and not yet left
    resumed: set[FrameType] = field(default_factory=set)  # of generators, which are entered once for each value

    def hear(self, frame: FrameType, event: str, argument: Any) -> None:
        """Take in what sys.setprofile reports."""
        if event not in ("call", "return"):
            return
        code = frame.f_code
        if id(code) not in self.known:
            self.known[id(code)] = function_of(code, frame.f_globals.get("__name__", ""))
        function = self.known[id(code)]
        if function is None:
            return
        if event == "return":
            self.open.pop()
            return
        if frame not in self.resumed:
            self._enter(function)
        if code.co_flags & inspect.CO_GENERATOR:
            self.resumed.add(frame)
        self.open.append(function)

    def _enter(self, function: Function) -> None:
        caller = next((one.name for one in reversed(self.open) if not one.is_helper), "")
        if not function.calls or not caller:  # called by the view itself counts for more than by another function
            function.caller = caller
        if not function.calls:  # again behind those that were entered before it
            code = next(code for code, known in self.known.items() if known is function)
            self.known[code] = self.known.pop(code)
        function.calls += 1

    def functions(self) -> list[Function]:
        """Those that the view called first, then those called by these, in the order of their first calls; helpers last."""
        ran = [function for function in self.known.values() if function is not None and function.calls]
        return sorted(ran, key=lambda function: (function.is_helper, function.caller != ""))


def function_of(code: CodeType, module: str) -> Function | None:
    """What to call a function of the engine; None for those of other packages and for nameless ones."""
    package, _, name = module.rpartition(".")
    if package != PACKAGE or "<" in code.co_qualname or code.co_filename.startswith("<"):
        return None
    parts = code.co_qualname.split(".")
    is_private = any(part.startswith("_") for part in parts)
    is_helper = is_private or name == HELPERS or isinstance(_attribute(module, parts), property)
    return Function(code.co_qualname, f"engine/{name}.py", code.co_firstlineno, is_helper=is_helper)


def _attribute(module: str, parts: list[str]) -> Any:
    """What a dotted name stands for in a module."""
    found: Any = sys.modules[module]
    for part in parts:
        found = getattr(found, part, None)
    return found


def recorded(work: Callable[[], Result]) -> tuple[list[Function], Result]:
    """Call work() and note which functions of the engine it enters, in this thread."""
    recorder, before = Recorder(), sys.getprofile()
    sys.setprofile(recorder.hear)
    try:
        result = work()
    finally:
        sys.setprofile(before)
    return recorder.functions(), result


def report(lesson: Any, arguments: tuple[Any, ...], *, timed: bool = False) -> dict[str, Any]:
    """What ran and how exact it was, as plain values. arguments: those of the lesson's compute."""
    work = lesson.work(*arguments) if hasattr(lesson, "work") else functools.partial(lesson.compute, *arguments)
    functions, _ = recorded(work)
    check: Check = lesson.check(*arguments)
    ways: list[Way] = lesson.ways(*arguments[:2], timed=timed) if hasattr(lesson, "ways") else []
    return {
        "functions": [asdict(function) for function in functions],
        "difference": check.difference if np.isfinite(check.difference) else None,
        "sentence": sentence(check),
        "ways": [way.plain() for way in ways],
    }


def sentence(check: Check) -> str:
    """What was compared and how far apart it is."""
    told = f"Measured for the numbers shown now ({check.what or ', '.join(check.defined)}): {how_far(check.difference)}."
    return f"{told} {check.note}".strip()


def how_far(value: float) -> str:
    """A difference in words."""
    if value == 0:
        return "identical"
    return f"at most {write(value)} apart" if np.isfinite(value) else "not both finite"


def how_long(seconds: float) -> str:
    """A time in words."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def seconds_of(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """The median time of a few runs, which end after MOST_RUNS or MOST_SECONDS. What is short is done several times a run."""

    def once(repeats: int) -> float:
        began = clock()
        for _ in range(repeats):
            work()
        return (clock() - began) / repeats

    first = once(1)
    repeats = max(1, round(SHORTEST_RUN / max(first, SHORTEST_RUN / MOST_REPEATS)))
    times = [first] if repeats == 1 else [once(repeats)]
    while len(times) < MOST_RUNS and repeats * sum(times) < MOST_SECONDS:
        times.append(once(repeats))
    return float(np.median(times))


def difference(one: Any, other: Any) -> float:
    """The largest absolute difference of two arrays of one shape; numbers that are the same infinity or NaN agree."""
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    if first.shape != second.shape:
        return np.inf
    agree = (first == second) | (np.isnan(first) & np.isnan(second))
    apart = np.subtract(first, second, where=~agree, out=np.zeros(first.shape))
    return float(np.nan_to_num(np.abs(apart), nan=np.inf).max(initial=0.0))
