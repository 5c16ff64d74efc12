"""The facts of ILSVRC are the lecture's, what is said of them adds up, and the five answers are the network's."""

import re

import numpy as np
import pytest

from convoscope.views.architectures.known import KNOWN
from convoscope.views.files import DiskFiles
from convoscope.views.history.lesson import HIGHEST, Settings, compute
from convoscope.views.history.results import LABELS, PERSON, RESULTS
from convoscope.views.imagenet import image_classes, most_probable, probabilities_of
from convoscope.views.images import PHOTOS, photo

FILES = DiskFiles()
LECTURE = [  # shared by slides 20-29 and 80: year, top-5 error in percent, layers
    (2010, 28.2, 0), (2011, 25.8, 0), (2012, 16.4, 8), (2012, 15.3, 8), (2013, 11.7, 8), (2014, 7.3, 19), (2014, 6.7, 22),
    (2015, 3.57, 152),
]  # fmt: skip


@pytest.fixture(scope="module")
def trace():
    return compute(Settings(), FILES)


def test_the_results_are_the_lectures_and_each_has_a_source():
    assert [(result.year, result.error, result.depth) for result in RESULTS] == LECTURE
    assert all(re.search(r"\b20\d\d$", source) for result in RESULTS for source in result.sources)
    assert {result.architecture for result in RESULTS if result.depth} <= set(KNOWN)
    assert all(bool(result.architecture) == bool(result.depth) for result in RESULTS)


def test_the_depths_are_those_that_the_architectures_view_counts():
    from convoscope.views.architectures.lesson import Settings as ArchitecturesSettings
    from convoscope.views.architectures.lesson import architecture_of

    for result in RESULTS:
        if not result.architecture:
            continue
        layers, names, _ = architecture_of(ArchitecturesSettings(architecture=result.architecture))
        learning = [name for name, layer in zip(names, layers, strict=True) if layer.parameters and not name.endswith("p")]
        if result.name == "GoogLeNet":  # counts the longest way through its modules
            learning = {layer.place.column for layer in layers if layer.parameters}
        assert len(learning) == result.depth, result.name


def test_every_difference_that_is_said_is_right(trace):
    found = [re.findall(r"([\d.]+) − ([\d.]+) = ([\d.]+)", said) for said in trace.sentences]
    assert [len(sums) for sums in found] == [0, *[1] * 7]
    for ((left, right, difference),) in found[1:]:
        assert float(left) - float(right) == pytest.approx(float(difference))
    assert "2012, AlexNet + data, 8 layers: top-5 error 15.3 %." in trace.sentences[3]
    assert "Since 2011" in trace.sentences[3]


def test_the_bars_grow_with_the_steps(trace):
    for step, result in enumerate(RESULTS):
        at = trace.at(step)
        assert at["errors_now"]["top"] == pytest.approx([result.error / HIGHEST])
        assert np.count_nonzero(at["errors_bars"]["top"]) == step
        assert [text for text in at["errors_numbers"]["text"] if text][-1] == f"{result.error:g}"
        assert len([text for text in at["depths_numbers"]["text"] if text]) == step + 1
    assert trace.at(1)["depths_numbers"]["text"][1] == "–"
    assert trace.static["history_person"]["y"] == pytest.approx([PERSON / HIGHEST])
    assert not len(compute(Settings(person=False), FILES).static["history_person"]["y"])


@pytest.mark.parametrize(
    ("image", "verdict"),
    [
        ("cat", "Egyptian cat is wrong for top-1; the right class, tabby, is number 2: right for top-5."),
        ("coffee", "Here the first answer is right: espresso."),
        ("moose", "None of the 1,000 classes is right for this photograph"),
    ],
)
def test_five_answers_are_judged(image, verdict):
    trace = compute(Settings(image=image), FILES)
    assert verdict in trace.facts["size"]
    probabilities = probabilities_of(photo(image, 224, FILES), FILES)
    best = most_probable(probabilities, 5)
    np.testing.assert_allclose(trace.static["answers_values"]["value"], probabilities[best], rtol=1e-6)
    names = [one.name for one in image_classes(FILES)]
    assert trace.static["answers_names"]["text"].tolist() == [f"{place}. {names[n]}" for place, n in enumerate(best, start=1)]
    right = [n for n in best if n == LABELS.get(image)]
    assert len(trace.static["answers_right"]["x"]) == len(right)
    assert len(trace.static["answers_wrong"]["x"]) == 5 - len(right)


def test_the_labels_are_of_photographs_that_there_are():
    assert set(LABELS) <= set(PHOTOS)
    names = [one.name for one in image_classes(FILES)]
    assert {names[LABELS[image]] for image in ("cat", "bear", "dragon")} == {"tabby", "ice bear", "Komodo dragon"}
