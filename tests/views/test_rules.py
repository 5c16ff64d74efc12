"""Settings that follow each other: whatever the order in which they are changed, the state is the same."""

from __future__ import annotations

import numpy as np
import param
import pytest

from convoscope.engine import ShapeError
from convoscope.views.files import DiskFiles
from convoscope.views.reading import read
from convoscope.views.rules import Change, Follow, Limit, Rule, Start
from convoscope.views.session import LESSONS
from convoscope.views.settings import Drawing, Matrix, Picture, SettingError, Settings, Text, table

FILES = DiskFiles()
KINDS = {slug: lesson.Settings for slug, lesson in LESSONS.items()}
TEXTS = {
    "formula": ("cos(sin(x**2) + 3*x**2)", "x*y + log(z)", "exp(x*z) + x*z/log(x) + sin(log(x))/(x*z)"),
    "inputs": ("x=1", "x=3,z=-2", "y=0.5"),
}


def some_value(rng, settings, name):
    """A value that the setting takes."""
    parameter = settings.param[name]
    if isinstance(parameter, param.Selector):
        return rng.choice(list(parameter.get_range().values()))
    if isinstance(parameter, param.Boolean):
        return bool(rng.integers(2))
    if isinstance(parameter, param.Integer):
        low, high = parameter.bounds
        return int(rng.integers(low, min(high, low + 5) + 1))
    if isinstance(parameter, param.Number):
        low, high = parameter.bounds
        return low + (high - low) * float(rng.integers(0, 5)) / 4
    if isinstance(parameter, Matrix):
        now = getattr(settings, name)
        most = parameter.most_cells
        shape = rng.integers(1, min(most, 5) + 1, 2) if most else (len(now), len(now[0]))
        return tuple(map(tuple, rng.integers(-2, 3, shape).astype(float).tolist()))
    if isinstance(parameter, Text) and name in TEXTS:
        return str(rng.choice(TEXTS[name]))
    assert isinstance(parameter, (Text, Drawing, Picture))
    return parameter.default


def after_random_changes(kind, rng, count=12):
    """Settings after that many changes, one at a time; those that are refused are left out."""
    settings = kind()
    settings.change({}, FILES)
    for name in rng.choice(kind.names(), count):
        draft = settings.copy()
        try:
            draft.change({str(name): some_value(rng, settings, name)}, FILES)
        except (SettingError, ShapeError):
            continue
        settings = draft
    return settings


def in_effect(settings):
    """The settings without those whose control is hidden: they wait for it with their last value, and decide nothing."""

    def is_shown(name):
        other, values = settings.shown_when.get(name, (name, [getattr(settings, name)]))
        return getattr(settings, other) in values and (other == name or is_shown(other))

    return {name: value for name, value in settings.plain().items() if is_shown(name)}


def free_values(settings):
    """The settings that follow from no other one."""
    follows = {rule.name: rule for rule in settings.rules if isinstance(rule, Follow)}
    return {
        name: value
        for name, value in settings.plain().items()
        if name not in follows or getattr(settings, follows[name].of) in follows[name].unless
    }


def a_possible_order(kind, names, rng):
    """The names in a random order in which everything comes after what its start and its limit depend on."""
    before = {name: set() for name in names}
    for rule in kind.rules:
        others = rule.when if isinstance(rule, Start) else rule.of if isinstance(rule, Limit) else ()
        if rule.name in before:
            before[rule.name] |= {other for other in others if other in before and other != rule.name}
    order = []
    while before:
        possible = [name for name, others in before.items() if others <= {*order}]
        name = str(rng.choice(possible or [*before]))  # of two that start each other, either comes first
        order.append(name)
        del before[name]
    return order


def set_one_by_one(kind, values, order):
    """The settings after these changes, each alone. One that does not fit yet is made again after the others."""
    settings = kind()
    for _ in range(len(order)):
        refused = []
        for name in order:
            draft = settings.copy()
            try:
                draft.change({name: values[name]}, FILES)
            except (SettingError, ShapeError):
                refused.append(name)
                continue
            settings = draft
        if not refused:
            break
        order = refused
    return settings


def assert_order_does_not_matter(kind, seed):
    rng = np.random.default_rng(seed)
    reached = after_random_changes(kind, rng)
    together = kind()
    assert together.change(reached.plain(), FILES) == []
    assert in_effect(together) == in_effect(reached)
    free = free_values(reached)
    together = kind()
    together.change(free, FILES)
    assert in_effect(together) == in_effect(reached), "what follows is found again"
    order = a_possible_order(kind, free, rng)
    assert in_effect(set_one_by_one(kind, free, order)) == in_effect(reached), order


@pytest.mark.parametrize("slug", KINDS)
def test_the_order_of_changes_does_not_matter(slug):
    for seed in range(15):
        assert_order_does_not_matter(KINDS[slug], seed)


@pytest.mark.parametrize("slug", KINDS)
def test_an_address_of_what_does_not_follow_gives_the_state_again(slug):
    """As static/js/address.mjs writes it: what follows is left out, and what has its start."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        reached = after_random_changes(KINDS[slug], rng)
        address = {}
        for row in table(KINDS[slug]):
            name, value = row["name"], getattr(reached, row["name"])
            other, unless = row.get("follows_unless", row.get("shown_when", (name, [value])))
            starts = row.get("starts_with")
            usual = starts[1].get(getattr(reached, starts[0]), row["default"]) if starts else row["default"]
            if getattr(reached, other) in unless and value != usual:
                address[name] = read(KINDS[slug], name, value)[0]
        again = KINDS[slug]()
        again.change(address, FILES)
        assert in_effect(again) == in_effect(reached)


class Planted(Settings):
    """A choice and the number that follows it."""

    size = param.Selector(default="small", objects=["small", "large", "custom"])
    cells = param.Integer(default=1, bounds=(0, 9))
    rules: tuple[Rule, ...] = (
        Start("size", ("cells",), value=lambda settings: "custom"),
        Follow("cells", "size", lambda settings, files: {"small": 1, "large": 5}[settings.size], unless=("custom",)),
    )


class Faulty(Planted):
    """The same with a limit that adds up: what a state is then depends on how often something was changed."""

    count = param.Integer(default=0, bounds=(0, 1000))
    rules = (*Planted.rules, Limit("count", (), lambda settings: settings.put({"count": settings.count + 1}) or ""))


def test_the_property_can_fail():
    for seed in range(20):
        assert_order_does_not_matter(Planted, seed)
    with pytest.raises(AssertionError):
        assert_order_does_not_matter(Faulty, 0)


def test_rules_are_applied_once_in_their_order():
    applied = []

    class Noted(Settings):
        first = param.Integer(default=0, bounds=(0, 9))
        second = param.Integer(default=0, bounds=(0, 9))
        rules = (
            Start("second", ("first",), value=lambda settings: applied.append("start") or 3),
            Limit("second", ("first",), lambda settings: applied.append("limit") or f"second is {settings.second}"),
        )

    settings = Noted()
    applied.clear()
    assert settings.change({"first": 1}) == ["second is 3"]
    assert settings.change({"first": 2, "second": 7}) == ["second is 7"], "what came is not started anew"
    assert applied == ["start", "limit", "limit"]
    assert Change(settings.plain(), frozenset(), None).of(settings, "first") is False
