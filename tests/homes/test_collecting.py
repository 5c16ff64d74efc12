"""The results of a class on a server: a code for the students, a key for the lecturer, and a sentence for all else."""

import json

import pytest

from convoscope.homes import collecting
from convoscope.homes.collecting import ClassDesk, Classes, checked, checksum


def line_of(name="Ada", marks="1-r2", code="convolution-7-3kd0"):
    """A result line as the page writes it."""
    text = f"CQ1|{code}|{marks}|{name}"
    return f"{text}|{checksum(text)}"


class Clock:
    """Seconds that pass when the test says so."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def asked(desk, clock, name, value):
    """The answer to an event some time later: what it holds, or the sentence."""
    clock.now += collecting.PAUSE
    update = desk.update({"view": "convolution", "name": name, "value": value}, {"stride": 2})
    assert update.settings == {"stride": 2}
    return json.loads(update.download.data) if update.download else update.error


def test_a_class_is_begun_handed_in_to_and_read(clock):
    classes = Classes(clock)
    lecturer, student = ClassDesk(classes, clock), ClassDesk(classes, clock)
    begun = asked(lecturer, clock, "collect", {"begin": True})
    assert len(begun["code"]) == 6
    lines = [line_of(), line_of("Grace", "1111")]
    for line in [*lines, lines[0]]:  # the same again changes nothing
        assert asked(student, clock, "hand_in", {"code": f" {begun['code'].lower()} ", "line": line}) == {}
    assert asked(lecturer, clock, "collect", {"key": begun["key"]})["lines"] == lines
    for key in (begun["code"], "", None, "\ud800"):
        assert "no such class" in asked(student, clock, "collect", {"key": key})
    assert "no class with this code" in asked(student, clock, "hand_in", {"code": begun["key"], "line": lines[0]})


@pytest.mark.parametrize(
    "line",
    [
        "", None, 7, "Ada", line_of()[:-1], line_of().replace("1-r2", "1111"), line_of("A\u202eda"),
        line_of("x" * 200), "\ud800", line_of() + "\n" + line_of(), "<img src=x onerror=alert(1)>", line_of(marks="1" * 61),
        line_of("a|b"),
    ],
)  # fmt: skip
def test_what_is_no_line_is_refused_in_a_sentence(line, clock):
    classes = Classes(clock)
    code = classes.begin().code
    assert "not a whole result line" in asked(ClassDesk(classes, clock), clock, "hand_in", {"code": code, "line": line})


def test_a_page_waits_between_two_actions_and_begins_a_few_classes_only(clock):
    desk = ClassDesk(Classes(clock), clock)
    for _ in range(collecting.MOST_BEGUN):
        assert "key" in asked(desk, clock, "collect", {"begin": True})
    assert "has begun 5 classes already" in asked(desk, clock, "collect", {"begin": True})
    at_once = desk.update({"view": "rgb", "name": "collect", "value": {"begin": True}}, {})
    assert "wait two seconds" in at_once.error


def test_classes_end_and_are_limited(clock, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_CLASSES", 2)
    monkeypatch.setattr(collecting, "MOST_LINES", 1)
    classes = Classes(clock)
    desk, first = ClassDesk(classes, clock), classes.begin()
    classes.begin()
    assert "as many classes as it can" in asked(desk, clock, "collect", {"begin": True})
    assert asked(desk, clock, "hand_in", {"code": first.code, "line": line_of()}) == {}
    assert "results already" in asked(desk, clock, "hand_in", {"code": first.code, "line": line_of("Grace")})
    clock.now += collecting.LIFE
    assert "no such class any more" in asked(desk, clock, "collect", {"key": first.key})
    assert "key" in asked(desk, clock, "collect", {"begin": True})


def test_a_name_in_any_script_is_kept():
    assert checked(f"  {line_of('Émilie 李')} ") == line_of("Émilie 李")
