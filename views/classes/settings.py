"""The controls of the classes view, which are also its URL."""

from __future__ import annotations

import re

import param

from ...engine.softmax_regression import DescentSettings
from ...engine.squeezenet import SIDE
from ..images import OWN, PHOTOS
from ..rules import Limit
from ..settings import Choice, Drawing, Picture, Settings, Text

FEWEST, MOST = 2, 5  # classes
LONGEST_NAME = 24  # characters
FIRST_NAMES = "animal, thing"
SPARE = ("other", "thing")  # what a second class is called until it has a name


def class_names(text: str) -> tuple[str, ...]:
    """The names in a text with commas between them, as many as there can be and no fewer than there must be."""
    words = (" ".join(part.split())[:LONGEST_NAME].strip() for part in re.split(r"[,;\n]", text))
    names = [name for name in dict.fromkeys(words) if name and name.isprintable()][:MOST]
    if not names:
        return class_names(FIRST_NAMES)
    names += [spare for spare in SPARE if spare not in names][: max(0, FEWEST - len(names))]
    return tuple(names)


def _names_that_fit(settings: ClassesSettings) -> str:
    names = ", ".join(class_names(settings.classes))
    if names == settings.classes:
        return ""
    is_same = [part.strip() for part in settings.classes.split(",")] == names.split(", ")
    settings.put({"classes": names})
    return "" if is_same else f"{FEWEST} to {MOST} names of at most {LONGEST_NAME} characters, all different: {names}."


class ClassesSettings(Settings):
    """What the classes are called, which picture is read, how the classifier is trained."""

    classes = Text(
        default=FIRST_NAMES, longest=200, label="Classes",
        doc="Two to five names with commas between them. Names of your own begin without examples.",
    )  # fmt: skip
    image = Choice(
        default="goldfish",
        objects={name.capitalize(): name for name in sorted(PHOTOS)} | {"My drawing": "drawing", "My own picture": OWN},
        label="Picture",
        doc="It is read, and can be added to a class.",
    )
    picture = Picture(side=SIDE, label="Picture file")
    drawing = Drawing(label="Drawing", doc="Draw on the picture; a stroke that begins on ink erases.")
    updates = param.Integer(default=100, bounds=(1, 400), label="Gradient steps", doc="Each uses all examples at once.")
    learning_rate = param.Number(default=1.0, bounds=(0.01, 2.0), label="Learning rate", doc="0.01 to 2.")
    weight_decay = param.Number(
        default=0.001, bounds=(0.0, 0.1), label="Weight decay", doc="Keeps the weights small; 0 to 0.1.",
    )  # fmt: skip

    sections = {"Training": ("updates", "learning_rate", "weight_decay")}  # noqa: RUF012  (read only)
    shown_when = {"picture": ("image", (OWN,)), "drawing": ("image", ("drawing",))}  # noqa: RUF012
    rules = (Limit("classes", (), _names_that_fit),)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names, two to five."""
        return class_names(self.classes)

    @property
    def descent(self) -> DescentSettings:
        """How the classifier is trained."""
        return DescentSettings(self.updates, self.learning_rate, weight_decay=self.weight_decay)
