"""The kernel detective: the engine's numbers, the way down the loss, and what an image cannot tell."""

import contextlib
import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.engine import SGD, Conv2d, conv2d, squared_error
from convoscope.views.detective.case import Case
from convoscope.views.detective.columns import SURFACE_CELLS, LossSurface
from convoscope.views.detective.lesson import compute
from convoscope.views.detective.search import by_descent
from convoscope.views.detective.settings import SECRETS, DetectiveSettings
from convoscope.views.files import DiskFiles
from convoscope.views.packet import pack
from convoscope.views.session import Session

CASES = list(DetectiveSettings.param.case.objects)


def shown(**table):
    update = Session().handle({"view": "detective", "name": "settings", "value": table})
    assert update.error == ""
    return update


@st.composite
def cases(draw):
    """A case and a kernel to start from."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    image = rng.integers(-2, 3, rng.integers(3, 9, 2)).astype(float)
    return Case.made_by(rng.normal(size=(3, 3)), image), rng.normal(size=(3, 3))


@given(cases())
def test_the_gradient_is_that_of_finite_differences(made):
    case, kernel = made
    gradient = case.gradient(kernel, case.outputs(kernel[None])[0])
    for place in np.ndindex(3, 3):
        nudge = np.zeros((3, 3))
        nudge[place] = 1e-5
        above, below = (case.loss(case.outputs((kernel + way * nudge)[None])[0]) for way in (1, -1))
        assert (above - below) / 2e-5 == pytest.approx(gradient[place], abs=1e-5, rel=1e-5)


@given(cases())
def test_descent_is_the_engines_own(made):
    """As a layer and an optimiser do it."""
    case, start = made
    rate = case.largest_rate() / 3
    done = case.descend(start, rate, 5)
    layer = Conv2d(1, 1, 3, rng=np.random.default_rng(0))
    kernel = start[None, None].copy()
    layer.parameters["weight"], layer.gradients["weight"] = kernel, np.zeros_like(kernel)
    layer.parameters["bias"], layer.gradients["bias"] = np.zeros(1), np.zeros(1)
    optimiser = SGD([kernel], rate)
    for shown_kernel, loss in zip(done.kernels, done.losses, strict=True):
        np.testing.assert_allclose(kernel[0, 0], shown_kernel, atol=1e-9)
        out = layer.forward(case.image[None, None])
        assert loss == pytest.approx(0.5 * ((out[0, 0] - case.target) ** 2).mean())
        layer.backward((out - case.target) / case.target.size)
        optimiser.step([layer.gradients["weight"]])


@given(cases(), st.floats(0.05, 0.95))
def test_below_the_largest_rate_the_loss_never_rises(made, share):
    case, start = made
    losses = case.descend(start, share * case.largest_rate(), 40).losses
    assert (np.diff(losses) <= 1e-12 * losses[0]).all()


def test_above_the_largest_rate_it_diverges_and_says_what_to_try():
    update = shown(learning_rate="4")
    last = update.trace.sentences[-1]
    assert "diverged. Try a learning rate below 1.4" in last
    assert len(update.trace) < 60
    assert "below 1.4" in update.trace.facts["size"]


@given(cases())
def test_least_squares_is_the_bottom_of_the_bowl(made):
    case, start = made
    found = case.least_squares()
    output = case.outputs(found.kernel[None])[0]
    assert case.loss(output) == pytest.approx(0, abs=1e-16)
    np.testing.assert_allclose(case.gradient(found.kernel, output), 0, atol=1e-9)
    assert found.rank == np.linalg.matrix_rank(case.equations())
    np.testing.assert_allclose(case.equations() @ start.ravel(), case.outputs(start[None]).ravel())


@pytest.mark.parametrize("case", CASES)
def test_descent_and_least_squares_find_the_secret(case):
    secret = DetectiveSettings(case=case).secret()
    update = shown(case=case, method="least_squares")
    assert "rank 9." in update.trace.facts["size"]
    weights = [
        float(word.replace("−", "-"))
        for word in re.search(r"θ = ([^=]+); loss", update.trace.sentences[-1])[1].replace(";", ",").split(",")
    ]
    np.testing.assert_allclose(weights, secret.ravel(), atol=1e-3)
    descent = shown(case=case, updates=200)
    kernel = [
        float(text.replace("−", "-").replace("~0", "0")) for text in descent.trace.at(len(descent.trace) - 1)["kernel"]["text"]
    ]
    np.testing.assert_allclose(kernel, secret.ravel(), atol=0.05)
    assert descent.trace.sentences[-1].endswith("the case is solved")


def test_stripes_leave_the_kernel_undetermined():
    update = shown(image="stripes", method="least_squares")
    assert "rank 3: 6 combinations of weights leave no trace in this image" in update.trace.facts["size"]
    assert update.trace.sentences[-1].endswith("loss = 0")


def test_the_secret_is_hidden_until_it_is_shown():
    secret = shown().trace.static["secret"]["text"].tolist()
    assert secret == ["?"] * 9
    assert shown(reveal=True).trace.static["secret"]["text"].tolist() == ["0", "0", "0", "0", "1", "1", "0", "1", "0"]
    told = " ".join(shown(method="hand").trace.sentences)
    assert "θ = " not in told


def test_by_hand_the_right_kernel_solves_the_case():
    kernel = ";".join(",".join(map(str, row)) for row in SECRETS["case_3"])
    trace = shown(case="case_3", method="hand", guess=kernel).trace
    assert trace.sentences[0] == (
        "difference[0, 0] = −2 − (−2) = 0, squared 0; loss = ½ × mean of the 25 squares = 0: the case is solved"
    )
    wrong = shown(case="case_1", method="hand", guess=kernel).trace
    assert "solved" not in wrong.sentences[0]


def test_a_step_of_descent_is_told_as_the_sum_that_it_is():
    told = shown().trace.sentences
    assert told[0] == "loss = ½ × mean of the squares = 1.12, where descent starts"
    assert told[1] == "θ22 = 0 − 0.5×(−0.88) = 0.44, and all nine likewise; loss 1.12 → 0.312"


@given(cases(), st.integers(0, 8), st.integers(0, 8))
def test_the_surface_is_the_loss_and_the_path_lies_on_it(made, across, up):
    if across == up:
        return
    case, start = made
    work = by_descent(case, start, case.largest_rate() / 4, 6)
    ground = LossSurface.under(case, work, across, up)
    best = case.least_squares().kernel.ravel()
    for row, column in ((0, 0), (SURFACE_CELLS - 1, 0), (10, 33)):
        kernel = best.copy()
        kernel[across] = np.linspace(*ground.ends[0], SURFACE_CELLS)[column]
        kernel[up] = np.linspace(*ground.ends[1], SURFACE_CELLS)[SURFACE_CELLS - 1 - row]
        output = conv2d(case.image[None, None], kernel.reshape(1, 1, 3, 3))
        expected = squared_error(output.reshape(-1, 1), case.target.reshape(-1, 1))
        assert ground.losses[row, column] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    weights = work.kernels.reshape(len(work.kernels), 9)[:, [across, up]]
    np.testing.assert_allclose(ground.ends[:, 0] + ground.path * (ground.ends[:, 1] - ground.ends[:, 0]), weights, atol=1e-9)
    assert (ground.best >= 0).all()
    assert (ground.best <= 1).all()


@pytest.mark.parametrize("method", ["hand", "descent", "least_squares"])
def test_the_call_ends_where_the_last_step_does(method):
    trace = shown(method=method, guess="0,1,0;0,0,0;0,0,1").trace
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(trace.facts["call"], "snippet", "exec"), names)  # our own text, made of numbers
    last = [float(text.replace("−", "-").replace("~0", "0")) for text in trace.at(len(trace) - 1)["kernel"]["text"]]
    np.testing.assert_allclose(np.ravel(names["kernel"]), last, atol=0.006)
    assert printed.getvalue()


def test_what_does_not_fit_is_brought_back_or_refused_with_a_sentence():
    session = Session()

    def event(name, value):
        return session.handle({"view": "detective", "name": name, "value": value})

    assert event("up", "22").notices == ("The loss surface needs two different weights: up became θ23.",)
    assert event("cells", "1,2,3,4;5,6,7,8;1,2,3,4").settings["image"] == "custom"
    refused = event("cells", "1,2;3,4")
    assert refused.trace is None
    assert refused.error.endswith(".")
    assert len(event("image", "stripes").settings["cells"]) == 8


def test_an_edited_image_comes_back_from_its_address():
    update = shown(image="custom", cells="1,0,2,1;0,1,1,0;3,0,1,1;1,1,0,0", method="hand")
    assert update.settings["cells"][2] == (3, 0, 1, 1)
    assert len(update.trace) == 4


@pytest.mark.parametrize("table", [{"updates": 200, "learning_rate": "0.03"}, {"image": "random", "method": "least_squares"}])
def test_a_trace_stays_small(table):
    settings = DetectiveSettings(**table)
    settings.change({}, DiskFiles())
    assert len(pack({}, compute(settings))) < 300_000
