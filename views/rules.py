"""How a setting follows another: declared once, in a view's `rules`, and applied by Settings.change.

A change puts the values that came, and then goes once through the view's rules in their written order. There are three:

- Start: the setting takes a new value when another one *changes*, unless it came with the same change. A preset starts
  with its stride; weights that were edited start to be called "custom".
- Follow: the setting *always* has the value that the others give it. The weights are those of the chosen kernel, unless
  the kernel is "custom".
- Limit: what does not fit the other settings is brought back, with a sentence.

So the order in which values come makes no difference, except between a setting and what it starts anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .files import Files
    from .settings import Settings


@dataclass(frozen=True)
class Change:
    """What a change was made of: the settings before it, and the names of the values that came."""

    before: Mapping[str, Any]
    came: frozenset[str]
    files: Files | None  # None where no file can be read yet: what needs one waits

    def of(self, settings: Settings, name: str) -> bool:
        """Whether the setting has another value now."""
        return bool(getattr(settings, name) != self.before[name])


@dataclass(frozen=True)
class Start:
    """`name` starts anew when one of `when` changes, with `value(settings)`, or with the value in the table `of` the first.

    The table {value of when[0]: start} is also what an address may leave out. What is not in it starts with the default.
    """

    name: str
    when: tuple[str, ...]
    of: Mapping[str, Any] | None = None
    value: Callable[[Any], Any] | None = None

    def apply(self, settings: Settings, change: Change) -> str:
        """Put the start, if it is time for it."""
        if self.name not in change.came and any(change.of(settings, name) for name in self.when):
            settings.put({self.name: self.value(settings) if self.value else self._from_table(settings)})
        return ""

    def _from_table(self, settings: Settings) -> Any:
        return (self.of or {}).get(getattr(settings, self.when[0]), settings.param[self.name].default)


@dataclass(frozen=True)
class Follow:
    """`name` always is `value(settings, files)`, unless the setting `of` has one of the values `unless`."""

    name: str
    of: str
    value: Callable[[Any, Files | None], Any]
    unless: tuple[str, ...] = ()

    def apply(self, settings: Settings, change: Change) -> str:
        """Put the value that follows."""
        if getattr(settings, self.of) not in self.unless:
            settings.put({self.name: self.value(settings, change.files)})
        return ""


@dataclass(frozen=True)
class Limit:
    """What `name` may be depends on the settings `of`.

    `bring_back(settings)` puts what does not fit to the nearest value that does and returns a sentence about it, or "".
    """

    name: str
    of: tuple[str, ...]
    bring_back: Callable[[Any], str]

    def apply(self, settings: Settings, change: Change) -> str:
        """Bring it back."""
        return self.bring_back(settings)


Rule = Start | Follow | Limit
