"""What the filters view says: a sentence for each picture of the ascent, the facts around the drawings."""

from __future__ import annotations

from ...engine import Network
from ..files import Files
from ..imagenet import image_classes
from ..numbers import write
from ..units.graph import layers_of
from .excitation import Climb, Survey
from .settings import LENET5, FiltersSettings

DIGITS = 3  # of a value


def number(value: float) -> str:
    """A value after thousands of products: the further digits depend on the order in which they are added."""
    return write(float(f"{value:.{DIGITS}g}"))


def channel_name(settings: FiltersSettings, files: Files) -> str:
    """conv10[130], the class flamingo."""
    name = f"{settings.layer_name}[{settings.channel}]"
    if settings.layer_name == "conv10":
        return f"{name}, the class {image_classes(files)[settings.channel].name}"
    return f"{name}, the digit {settings.channel}" if settings.layer_name == "output" else name


def sentences(settings: FiltersSettings, climb: Climb, name: str) -> list[str]:
    """One for each picture that is kept."""
    what = _value_name(settings, climb.maximisation.network)
    first = f"Step 0 of {settings.updates}: noise. {what} of {name} is ≈ {number(climb.values[0])}."
    return [first] + [
        f"Step {step} of {settings.updates}: {what[0].lower()}{what[1:]} of {name} is ≈ {number(value)}."
        for step, value in zip(climb.steps[1:], climb.values[1:], strict=True)
    ]  # fmt: skip


def _value_name(settings: FiltersSettings, network: Network) -> str:
    if len(network.shapes[-1]) == 1:
        return "The number"
    return "The mean of the map after ReLU" if settings.target == "map" else "The unit in the middle of the map"


def facts(
    settings: FiltersSettings, survey: Survey, climb: Climb, files: Files, *, waiting: int, climbing: bool
) -> dict[str, str]:
    """Short texts by the name under which the page shows them."""
    name, found = channel_name(settings, files), len(survey.maxima)
    made, layer = climb.maximisation.steps, layers_of(survey.whole)[survey.layer]
    shape = "×".join(map(str, layer.shape[1:])) or "one number"
    what = "digits" if settings.network == LENET5 else "pictures"
    more = f", {waiting} more are looked through" if waiting else ""
    state = "The ascent goes on." if climbing else "The ascent is done." if climb.is_done else "The ascent was stopped."
    return {
        "source": f"{name}: channel {settings.channel} of {layer.shape[0]}, each {shape}. Left: gradient ascent on the pixels "
        "from noise, which no camera took. Right: what the channel’s strongest unit sees of each picture, the strongest first.",
        "size": "A patch is the receptive field of that unit; below it stands the unit’s value.",
        "ascent": f"step {climb.steps[-1]} of {settings.updates}",
        "curve": f"from {number(climb.values[0])} to {number(climb.values[-1])}",
        "patches": f"of {found} {what}{more}",
        "status": f"{state} {made} of {settings.updates} steps, {found} {what} looked through{more}.",
        "progress": f"{(made / settings.updates + found / max(found + waiting, 1)) / 2:.4f}",
        "climbing": "yes" if climbing else "", "done": "yes" if climb.is_done else "",
        "call": call_of(settings),
        "start": str(len(climb.steps) - 1),
    }  # fmt: skip


def call_of(settings: FiltersSettings) -> str:
    """A program that prints how strongly the picture of the last step excites the channel."""
    changed = {
        name: getattr(settings, name)
        for name in settings.names()
        if name != "picture" and getattr(settings, name) != settings.param[name].default
    }
    given = ", ".join(f"{name}={value!r}" for name, value in changed.items())
    return "\n".join([
        "from convoscope.views.files import DiskFiles",
        "from convoscope.views.filters.excitation import new_climb, new_survey, whole_network",
        "from convoscope.views.filters.settings import FiltersSettings",
        "from convoscope.views.networks import Networks",
        "",
        f"settings = FiltersSettings({given})",
        "files = DiskFiles()",
        "survey = new_survey(settings, whole_network(settings, files, Networks(files)))",
        "climb = new_climb(settings, survey)",
        "while not climb.is_done:",
        "    climb.advance()",
        "print(climb.values[-1])  # climb.pictures[-1] is the picture",
    ])  # fmt: skip
