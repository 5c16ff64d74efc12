"""What the network view says: the sentence, the facts around the drawings, and the program that gives the probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from ...engine import TRAIN_COUNT, Network
from ..forward_pass import name_with_value, what_it_does
from ..networks import COMMITTED, WEIGHTS
from ..numbers import percent
from ..programs import network_programs
from ..programs.numpy_program import numpy_program
from ..snippet import packed
from ..units.activations import Activations, Unit
from ..units.graph import layers_of
from .blocks import Blocks
from .columns import layers_with_weights, scale_facts
from .edits import read_edits
from .preparation import Prepared
from .settings import STEPS, NetworkSettings
from .tracing import LARGEST_PICTURE

KNOWN = {
    "lenet5": "LeNet-5", "convnetjs": "ConvNetJS's network", "trained": "The network trained here", "loaded": "Your network",
}  # fmt: skip


def answer(probabilities: np.ndarray) -> str:
    """The most probable class."""
    best = int(probabilities.argmax())
    return f"{best} ({percent(float(probabilities[best]))} %)"


def sentence(settings: NetworkSettings, probabilities: np.ndarray, label: int | None, *, empty: bool) -> str:
    """What the network thinks of what is on the pad."""
    name = KNOWN[settings.network]
    best, second = (int(n) for n in np.argsort(-probabilities, kind="stable")[:2])
    if empty:
        return f"Draw a digit on the pad. {name} takes even an empty one for {answer(probabilities)}."
    words = f"{name} says {answer(probabilities)}, then {second} ({percent(float(probabilities[second]))} %)."
    if label is None:
        return words
    return f"{words} It is labelled {label}: {'right' if best == label else 'wrong'}."


def layer_sentences(activations: Activations, units: Sequence[Unit], answered: str) -> list[str]:
    """What every layer does, and at last softmax. units: the strongest of each layer; answered: the sentence of the answer."""
    layers, said = layers_of(activations.network), []
    for unit, before in zip(units, [None, *units[:-1]], strict=True):
        layer = layers[unit.layer]
        does = what_it_does(layer, layers[before.layer].name) if before else "what the network gets"
        size = f"{layer.shape[0]:,}" if len(layer.shape) == 1 else "{}@{}×{}".format(*layer.shape)
        said.append(f"{layer.name}: {does}: {size}. The strongest is {name_with_value(activations, unit)}.")
    classes = len(activations.probabilities)
    return [*said, f"softmax makes probabilities of the {classes} numbers of {layers[units[-1].layer].name}. {answered}"]


def facts(
    settings: NetworkSettings, network: Network, blocks: Blocks, prepared: Prepared, limits: Sequence[float], label: int | None
) -> dict[str, str]:
    """Short texts by the name under which the page shows them."""
    count = sum(value.size for value in network.parameters().values())
    source = f"MNIST test digit {settings.digit:,}, labelled {label}" if label is not None else "Your drawing"
    moved = [f"{abs(n)} {word[n < 0]}" for n, word in (
        (settings.shift_down, ("down", "up")), (settings.shift_right, ("right", "left"))
    ) if n]  # fmt: skip
    ends = {"low": "−the layer's largest", "high": "its largest"} if settings.colours == "layer" else {}
    own = {f"{part}_{end}": text for part in ("wide", "narrow") for end, text in ends.items()}
    shown = f"{count:,} parameters, {sum(math.prod(block.shape) for block in blocks.blocks):,} units in the drawing"
    return {
        "source": f"{source}{', moved ' + ' and '.join(moved) if moved else ''}. The network: {network.text}; {shown}.",
        "size": "Blue is positive, orange negative, background colour = 0. The number under a layer's name is the "
        "end of its colour scale.",
        "pad": source,
        "picture_side": str(LARGEST_PICTURE),  # of a picture that the user brings
        "label": "" if label is None else str(label),
        "probabilities": "",
        **scale_facts("wide", max(limits)), **scale_facts("narrow", max(limits)), **own,
        "narrow_aspect": f"{blocks.arrangements[1].aspect:.5f}",
        "stages": preparation_words(settings, prepared),
        "kernels_menu": ",".join(layers_with_weights(network)),
    }  # fmt: skip


def preparation_words(settings: NetworkSettings, prepared: Prepared) -> str:
    """What the preparation did, in numbers; of an empty pad, what to do."""
    if not prepared.scaled.any():
        return "Nothing is drawn yet: draw a digit, or choose one"
    words = []
    if settings.scale:
        words.append("scaled to {}×{}".format(*prepared.scaled.shape))
    if settings.centre:
        words.append("put at row {}, column {}".format(*prepared.place))
    return ", ".join(words)


def calls_of(settings: NetworkSettings, network: Network, x: np.ndarray) -> dict[str, str]:
    """Programs that print the ten probabilities, and the network in other languages. x: what it reads."""
    file = PurePath(WEIGHTS.get(settings.network, "weights.npz")).name
    ending = [
        *_edits(network, settings),
        *packed("x", x).splitlines(),
        f"print(softmax(network(x))[0])  # {file} lies in data/weights/ beside the page, or is saved by the train view",
    ]
    alone = numpy_program(network.specs, network.input_shape, file=file, ending=ending)
    return network_programs(network.specs, network.input_shape) | {"call": _call(settings), "call_numpy": alone}


def _edits(network: Network, settings: NetworkSettings) -> list[str]:
    """The changed weights, as statements."""
    edits = read_edits(network, settings.edits)
    names = {layer.name: layer.engine_name for layer in layers_of(network)}
    changed = [f'weights["{names[edit.layer]}.{edit.part}"]{list(edit.place)} = {edit.value:g}'
               for edit in edits if edit.value is not None]  # fmt: skip
    off = [f"# {edit.layer}{list(edit.place)} is off in the page, but not here" for edit in edits if edit.part == "off"]
    return changed + off


def _call(settings: NetworkSettings) -> str:
    """A program that uses convoscope; nothing for a network that only this page has."""
    if settings.network not in COMMITTED:
        return "# The weights of this network are in your page only: keep their file, or save them in the view “Train”."
    steps = ", ".join(f"{step}={getattr(settings, step)}" for step in STEPS)
    drawn = ("network.preparation import ink_of", f'pad = ink_of("{settings.drawing}")')
    digit = ("images import digit", f"pad = digit({TRAIN_COUNT + settings.digit}, DiskFiles())[0] / 255")
    program = [  # what is imported from convoscope.views, a statement, whether it is needed
        ("networks import Networks", f'network = Networks(DiskFiles()).get("{settings.network}")', True),
        ("network.edits import edited, read_edits", f'network = edited(network, read_edits(network, "{settings.edits}"))',
         bool(settings.edits)),
        (*(drawn if settings.image == "drawing" else digit), True),
        ("network.preparation import moved", f"pad = moved(pad, {settings.shift_down}, {settings.shift_right})",
         bool(settings.shift_down or settings.shift_right)),
        ("network.preparation import as_input, prepare", f"field = prepare(pad, {steps}).field", True),
        ("files import DiskFiles", "x = as_input(field, network.input_shape[1:], network.pixel_offset)", True),
    ]  # fmt: skip
    imports = sorted(f"from convoscope.views.{what}" for what, _, needed in program if needed)
    lines = [line for _, line, needed in program if needed]
    return "\n".join(["from convoscope.engine import softmax", *imports, "", *lines, "print(softmax(network.forward(x))[0])"])
