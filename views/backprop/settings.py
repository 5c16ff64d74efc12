"""The controls of the backprop view, which are also its URL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import param

from ...engine import FormulaError, parse_formula
from ..reading import read_cell
from ..rules import Follow, Limit, Start
from ..settings import Choice, SettingError, Settings, Text
from . import passes
from .passes import Preset

PRESETS = {
    "Simple example": "simple",
    "Calculus quiz": "quiz",
    "Case 1: logistic regression": "logistic",
    "Case 2: one hidden layer": "network",
    "Softmax and cross-entropy": "softmax",
    "My own formula": "custom",
}
USUAL = {"simple": passes.simple(), "quiz": passes.quiz(), "logistic": passes.logistic(2), "softmax": passes.softmax(3)}
NETWORK_START = "α11=0.3,x1=1,α12=0.8,x2=2,α21=0.6,α22=-0.5,β1=-0.4,β2=0.7,y_star=1"  # drawn by the usual seed
WITH_FORMULA = {name: USUAL[name].formula for name in ("simple", "quiz")}
PRESET_WITH = {formula: name for name, formula in WITH_FORMULA.items()}
LEARNING = ("logistic", "network", "softmax")
LARGEST = 1000.0  # of an input
MOST_SGD_STEPS = 100
PAIRS = re.compile(r",(?!\s*\d+(?:e[-+]?\d+)?\s*(?:,|$))")  # the commas between x=2 and z=0,5, not the decimal one


def _as_text(values: Mapping[str, float]) -> str:
    return ",".join(f"{name}={value:.12g}" for name, value in values.items())


USUAL_STARTS = {  # the inputs with which a preset starts, in the order of its graph
    name: _as_text({one: example.starts[one] for one in passes.graph_of(example.formula).inputs})
    for name, example in USUAL.items()
} | {"network": NETWORK_START}


def _fit_inputs_to_formula(settings: BackpropSettings) -> str:
    """Check the formula, and give every variable of it a value, and no other name. Raises SettingError."""
    try:
        if settings.preset in ("custom", *WITH_FORMULA):
            parse_formula(settings.formula)
    except FormulaError as error:
        raise SettingError(str(error)) from None
    given, notices = _read_inputs(settings.inputs)
    example = settings.example()
    names = passes.graph_of(example.formula).inputs
    starts = dict(zip(names, passes.FIRST_VALUES, strict=False)) | dict(example.starts)
    settings.inputs = _as_text({name: given.get(name, starts[name]) for name in names})
    return " ".join(notices)


def _fit_layers_to_preset(settings: BackpropSettings) -> str:
    if settings.beside != "layers" or settings.preset == "network":
        return ""
    settings.beside = "table"
    return "Only Case 2 is a stack of layers: the table stands beside the graph."


class BackpropSettings(Settings):
    """Which formula, at which inputs, after how many steps of SGD."""

    preset = Choice(default="simple", objects=PRESETS, doc="The lecture's examples, or your own formula.")
    formula = Text(
        default=WITH_FORMULA["simple"],
        longest=400,
        lines=4,
        doc="Up to 6 variables; name parts between semicolons: t = x^2; sin(t). Ctrl+Enter takes it.",
    )
    features = param.Integer(default=2, bounds=(1, 3), doc="Inputs x of the model.")
    hidden = param.Integer(default=2, bounds=(1, 4), label="Hidden units", doc="Units z of the hidden layer.")
    loss = Choice(
        default="squared", objects={"Squared error": "squared", "Cross-entropy": "cross_entropy"}, doc="What J measures."
    )
    classes = param.Integer(default=3, bounds=(2, 5), doc="Outputs of the softmax.")
    seed = param.Integer(default=passes.STARTING_SEED, bounds=(0, 9999), doc="Draws the first weights.")
    learning_rate = param.Number(default=0.5, bounds=(0.0, 100.0), label="Learning rate", doc="Size of an SGD step.")
    sgd_steps = param.Integer(
        default=0, bounds=(0, MOST_SGD_STEPS), label="SGD steps", doc="Taken before what is shown: parameters have moved."
    )
    beside = Choice(
        default="table",
        objects={"Table of both passes": "table", "The algorithm": "algorithm", "Layers (A)–(F) of Case 2": "layers"},
        label="Beside the graph", doc="The table, or reverse mode written out, its line lit.",
    )  # fmt: skip
    inputs = Text(default="x=2", longest=800, label="Inputs", doc="Drag an input of the graph up or down, or type here.")

    without_control = ("inputs",)  # the page makes one field a variable
    shown_when = {  # noqa: RUF012  (read only)
        "formula": ("preset", ("custom", *WITH_FORMULA)),
        "features": ("preset", ("logistic", "network")),
        **dict.fromkeys(("hidden", "loss", "seed"), ("preset", ("network",))),
        "classes": ("preset", ("softmax",)),
        **dict.fromkeys(("learning_rate", "sgd_steps"), ("preset", LEARNING)),
    }
    rules = (
        Start("preset", ("formula",), value=lambda it: PRESET_WITH.get(it.formula, "custom")),
        Follow("formula", "preset", lambda it, files: WITH_FORMULA.get(it.preset, it.formula), unless=("custom",)),
        # No inputs, so that all get their first values; those of one's own formula stay.
        Start("inputs", ("preset", "seed"), of=USUAL_STARTS, value=lambda it: it.inputs if it.preset == "custom" else ""),
        Limit("beside", ("preset",), _fit_layers_to_preset),
        Limit("inputs", ("preset", "formula", "features", "hidden", "loss", "classes", "seed"), _fit_inputs_to_formula),
    )

    def example(self) -> Preset:
        """The preset that is chosen, in the chosen size."""
        sizes = {
            "logistic": (self.features,), "network": (self.features, self.hidden, self.loss, self.seed),
            "softmax": (self.classes,), "custom": (self.formula,),
        }  # fmt: skip
        return passes.PRESETS[self.preset](*sizes.get(self.preset, ()))

    def unknown(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Inputs that the graph does not have, too."""
        names = self.values()
        lost = [name for name in _read_inputs(values.get("inputs", ""))[0] if name not in names]
        if not lost:
            return super().unknown(values)
        what = f"no input {lost[0][:12]}" if len(lost) == 1 else f"no inputs {', '.join(name[:12] for name in lost[:4])}"
        sentence = f"This graph has {what}{', …' if len(lost) > 4 else ''}; its inputs are {', '.join(names)}."
        return super().unknown(values) | {"inputs": sentence}

    def values(self) -> dict[str, float]:
        """The inputs by name."""
        return {name: float(number) for name, number in (pair.split("=") for pair in self.inputs.split(","))}


def _read_inputs(text: str) -> tuple[dict[str, float], list[str]]:
    """The values by name, within ±LARGEST, and notices. text: x=2,z=-1/3. Raises SettingError."""
    values, notices = {}, []
    for pair in filter(str.strip, PAIRS.split(text)):
        name, sign, number = (part.strip() for part in pair.partition("="))
        if not sign or not name:
            raise SettingError(f"the inputs came with “{pair.strip()[:24]}”; write a name and a number, such as x=2")
        value = read_cell(number, f"the input {name[:12]}")
        values[name] = min(max(value, -LARGEST), LARGEST)
        if abs(value) > LARGEST:
            notices.append(f"Inputs go from −{LARGEST:g} to {LARGEST:g}: {name[:12]} became {values[name]:g}.")
    return values, notices
