"""What the photo view says: the answer, a sentence for each stage of the film, the facts around the drawings."""

from __future__ import annotations

import math

from ...engine import Network
from ...engine.squeezenet import INPUT_SHAPE, MEAN_PIXEL, SIDE, squeezenet_specs
from ..forward_pass import name_with_value, what_it_does
from ..imagenet import ImageClass, most_probable
from ..images import OWN
from ..numbers import percent
from ..programs import network_programs
from ..programs.numpy_program import numpy_program
from ..units.activations import Activations
from ..units.graph import layers_of
from .film import Stage
from .settings import Erased, PhotoSettings

SURE, UNSURE = 0.8, 0.4
LIMITS = (
    "It knows 1,000 classes, those of the ILSVRC challenge of 2012, 120 of them breeds of dogs, and must choose among them: "
    "for what is none of them (a person, a moose, a drawing) it still names one. The probabilities add up to 100 % and say how "
    "the classes compare, not how likely it is that the answer is right. On the challenge’s photographs its first answer is "
    "right in about 58 of 100 cases, and one of its first five in 80."
)


def answer(activations: Activations, classes: tuple[ImageClass, ...]) -> str:
    """The most probable classes in a sentence."""
    probabilities = activations.probabilities
    first, second, third = most_probable(probabilities, 3)
    share = float(probabilities[first])
    said = "It is sure" if share >= SURE else "It hesitates" if share >= UNSURE else "It does not know"
    named = [f"{classes[n].name} ({percent(float(probabilities[n]))} %)" for n in (first, second, third)]
    return f"{said}: {named[0]}, then {named[1]} and {named[2]}."


def stage_sentence(activations: Activations, stage: Stage, names: list[str], classes: tuple[ImageClass, ...]) -> str:
    """What a stage of the film does, and its strongest unit."""
    layer = layers_of(activations.network)[stage.layer]
    unit = activations.strongest(stage.layer)
    if stage.name == "softmax":
        return f"softmax makes probabilities of the {len(classes):,} logits. {answer(activations, classes)}"
    where = name_with_value(activations, unit)
    if stage.name == "logits":
        best, number = classes[unit.position[0]].name, where.partition("≈")[2]
        return f"logits: the mean of each of conv10's maps is its class's score. The largest is that of {best}: ≈{number}."
    size = "{}@{}×{}".format(*layer.shape)
    if stage.name == "input":
        return f"input: the photograph as blue, green and red, each less its mean: {size}. The largest is {where}."
    done = f"{stage.name}: {_does(activations.network, stage, names)}: {size}. The strongest is {where}"
    return f"{done}, of the class {classes[unit.position[0]].name}." if stage.name == "conv10" else f"{done}."


def _does(network: Network, stage: Stage, names: list[str]) -> str:
    """What a layer computes."""
    before = " and ".join(names[read] for read in stage.reads)
    after = " after ReLU" if before.partition(".")[2] == "squeeze" else ""  # which is not drawn
    if len(stage.reads) > 1:
        return f"what is negative in {before} becomes 0, and the maps stand behind each other"
    return what_it_does(layers_of(network)[stage.layer], f"{before}{after}")


def facts(activations: Activations, settings: PhotoSettings, classes: tuple[ImageClass, ...]) -> dict[str, str]:
    """Short texts by the name under which the page shows them."""
    network = activations.network
    count = sum(value.size for value in network.parameters().values())
    units = sum(math.prod(layer.shape) for layer in layers_of(network) if layer.name.partition(".")[2] != "concat")
    return {
        "source": f"SqueezeNet 1.1 (Iandola et al., 2016), trained by its authors on 1.2 million photographs: {count:,} "
        f"parameters, {units:,} units. {_source(settings)}",
        "size": "Blue is positive, orange negative, background colour = 0. The number behind ± is the end of a layer's scale.",
        "photo": "",
        "limits": LIMITS,
        "scores": answer(activations, classes),
        "filters": "64 filters of 3×3 over red, green and blue; grey = 0",
    }


def _source(settings: PhotoSettings) -> str:
    """Whose photograph it is."""
    if settings.image != OWN:
        return f"Photograph: {settings.image}."
    return "Your own picture." if settings.picture else "Choose a picture or use the webcam."


def calls_of(settings: PhotoSettings) -> dict[str, str]:
    """Programs that print the five most probable classes, and the network in other languages."""
    file = "picture.npy" if settings.image == OWN else f"{settings.image}_{SIDE}.npy"
    blue, green, red = MEAN_PIXEL
    ending = [
        "# The files are those of data/imagenet/ and data/photos/ beside the page.",
        f'pixels = np.load("{file}")  # (224, 224, 3): red, green, blue',
        f"x = np.zeros((1, 3, {SIDE + 1}, {SIDE + 1}), np.float32)  # blue, green, red, each less its mean",
        f"x[0, :, :{SIDE}, :{SIDE}] = (pixels[:, :, ::-1] - np.array([{blue}, {green}, {red}])).transpose(2, 0, 1)",
        *_covers(settings),
        "probabilities = softmax(network(x))[0]",
        'names = open("classes.txt", encoding="utf-8").read().splitlines()',
        "for number in np.argsort(-probabilities, kind=\"stable\")[:5]:",
        '    print(f"{names[number].split(\', \')[0]}: {probabilities[number]:.1%}")',
    ]
    specs = squeezenet_specs()
    alone = numpy_program(specs, INPUT_SHAPE, file="squeezenet.npz", ending=ending)
    return network_programs(specs, INPUT_SHAPE) | {"call": _call(settings), "call_numpy": alone}


def _covers(settings: PhotoSettings) -> list[str]:
    """Statements that put the mean pixel, which is 0 there, where the photograph is covered."""
    lines, cells = [], Erased.SIDE
    if settings.erased:
        bits = f'np.unpackbits(np.frombuffer(bytes.fromhex("{settings.erased}"), np.uint8)).reshape({cells}, {cells})'
        lines.append(f"covered |= np.kron({bits}, np.ones({(SIDE // cells,) * 2})) > 0")
    if settings.why == "occlusion":
        side = int(settings.patch)
        top, left = settings.cover_row - side // 2, settings.cover_column - side // 2
        lines.append(f"covered[{max(top, 0)} : {top + side}, {max(left, 0)} : {left + side}] = True")
    begin, end = f"covered = np.zeros(({SIDE}, {SIDE}), bool)", f"x[0, :, :{SIDE}, :{SIDE}][:, covered] = 0"
    return [begin, *lines, end] if lines else []


def _call(settings: PhotoSettings) -> str:
    """A program that uses convoscope."""
    is_own = settings.image == OWN
    pixels = f'photo("{settings.image}", 224, files)'
    own = 'np.load("picture.npy")  # your own picture, which only you have: 224×224×3 numbers in 0..255'
    covered = [f'painted("{settings.erased}")'] if settings.erased else []
    if settings.why == "occlusion":
        covered.append(f"square({settings.cover_row}, {settings.cover_column}, {settings.patch})")
    functions = sorted(call.partition("(")[0] for call in covered)
    return "\n".join([
        *(["import numpy as np", ""] if is_own else []),
        "from convoscope.views.files import DiskFiles",
        "from convoscope.views.imagenet import image_classes, most_probable, probabilities_of",
        *([] if is_own else ["from convoscope.views.images import photo"]),
        *([f"from convoscope.views.photo.where import {', '.join(functions)}"] if covered else []),
        "",
        "files = DiskFiles()",
        f"pixels = {own if is_own else pixels}",
        *([f"covered = {' | '.join(covered)}  # with grey"] if covered else []),
        f"probabilities = probabilities_of(pixels, files{', covered' if covered else ''})",
        "for number in most_probable(probabilities, 5):",
        '    print(f"{image_classes(files)[number].name}: {probabilities[number]:.1%}")',
    ])  # fmt: skip
