"""The gallery's figures are what they are called: their sizes, their padding, their zeros, and a LaTeX file for each."""

import re

import numpy as np
import pytest

from convoscope.homes import gallery
from convoscope.homes.gallery import FIGURES, VIEW, Figure
from convoscope.homes.single_file import ExportError
from convoscope.homes.states import NamedStates
from convoscope.views.session import Session

ALL = [figure for group in FIGURES.values() for figure in group]
# Of the guide's own figures: input, zeros around it, output.
SIZES = {
    "no-padding": ("5×5", "3×3"), "arbitrary-padding": ("5×5, padded 9×9", "6×6"), "half-padding": ("5×5, padded 7×7", "5×5"),
    "full-padding": ("5×5, padded 9×9", "7×7"), "causal": ("1×12, padded 1×14", "1×12"), "stride": ("5×5", "2×2"),
    "padding-stride": ("5×5, padded 7×7", "3×3"), "odd": ("6×6, padded 8×8", "3×3"), "dilation": ("7×7", "3×3"),
    "transposed-no-padding": ("2×2, padded 6×6", "4×4"), "transposed-arbitrary-padding": ("6×6, padded 8×8", "5×5"),
    "transposed-half-padding": ("5×5, padded 7×7", "5×5"), "transposed-full-padding": ("5×5", "3×3"),
    "transposed-stride": ("3×3, padded 7×7", "5×5"), "transposed-padding-stride": ("5×5, padded 7×7", "5×5"),
    "transposed-odd": ("5×5, padded 8×8", "6×6"),
}  # fmt: skip


@pytest.mark.parametrize("figure", ALL, ids=lambda figure: figure.name)
def test_a_figure_is_what_it_is_called(figure):
    update = Session().handle({"view": VIEW, "name": "address", "value": dict(figure.settings)})
    assert (update.error, update.notices) == ("", ())
    facts = update.trace.facts
    assert (facts["input"], facts["output"]) == SIZES[figure.name]
    sizes = re.findall(r"[0-9]+×[0-9]+", figure.words)
    assert not sizes or facts["output"] in sizes or figure.name == "dilation"


def test_the_first_figure_has_the_guides_own_numbers():
    update = Session().handle({"view": VIEW, "name": "address", "value": dict(ALL[0].settings)})
    values = update.trace.static["output_values"]["value"].reshape(3, 3)
    np.testing.assert_array_equal(values, [[12, 12, 17], [10, 17, 19], [9, 6, 14]])


def test_the_page_names_each_figure_and_the_folder_holds_its_latex(tmp_path):
    gallery.add_gallery(tmp_path)
    page = (tmp_path / "figures" / "index.html").read_text("utf-8")
    assert len({figure.name for figure in ALL}) == len(ALL) == len(SIZES)
    assert NamedStates(page).found == {VIEW: [dict(figure.settings) for figure in ALL]}
    for figure in ALL:
        assert f'href="{figure.name}.tex"' in page
        assert r"\begin{bmatrix}" in (tmp_path / "figures" / f"{figure.name}.tex").read_text("utf-8")
    written = sum(file.stat().st_size for file in (tmp_path / "figures").iterdir())
    assert written < 100_000, "the gallery is a page of embeds, not of films"


def test_settings_that_the_view_does_not_take_end_the_build():
    with pytest.raises(ExportError, match="the figure broken"):
        gallery.latex(Session(), Figure("broken", "Broken", "", {"stride": "99"}))
