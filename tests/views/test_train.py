"""Training in a session: what the buttons do, that every setting counts, that a seed is a run, that nothing is lost."""

import base64
import json
import math

import numpy as np
import pytest

from convoscope.engine import evaluate
from convoscope.views.answer import Answerer
from convoscope.views.packet import unpack
from convoscope.views.session import Session
from convoscope.views.train import training_run
from convoscope.views.train.settings import LEARNING_RATES, NOW, RUN_SETTINGS, TrainViewSettings

from .train_helpers import FILES, Trainee, facts

QUICK = {"architecture": "logistic", "learning_rate": 0.01}  # 7,850 weights and one product: a fraction of a second a test


@pytest.fixture
def trainee(monkeypatch):
    return Trainee(monkeypatch, **QUICK)


def test_start_goes_on_by_itself_until_pause(trainee):
    assert facts(trainee.do("start"))["status"] == "running"
    assert trainee.session.busy
    update = trainee.learn(10)
    assert facts(update)["status"] == "paused"
    assert not trainee.session.busy
    assert trainee.session.tick() is None
    assert facts(update)["batches"] == str(trainee.state.run.step)
    assert update.trace.sentences[0].startswith(f"Paused after {trainee.state.run.step} batches")
    before = trainee.state.run.step
    trainee.learn(5)
    assert trainee.state.run.step >= before + 5  # resumed, not begun anew


def test_a_step_is_one_batch_and_only_while_nothing_runs(trainee):
    assert facts(trainee.do("step"))["batches"] == "1"
    update = trainee.do("step")
    assert (facts(update)["batches"], facts(update)["examples"], facts(update)["status"]) == ("2", "40", "paused")
    trainee.do("start")
    assert "Pause first" in trainee.do("step").notices[0]


def test_steps_and_start_make_the_same_run(trainee, monkeypatch):
    trainee.learn(6)
    learned, weights = trainee.state.run.step, trainee.vector
    other = Trainee(monkeypatch, **QUICK)
    for _ in range(learned):
        other.do("step")
    assert np.array_equal(other.vector, weights)


def test_restart_brings_back_the_same_initial_weights_and_another_seed_others(trainee):
    trainee.do("step")
    trainee.do("restart")
    initial = trainee.vector
    trainee.learn(5)
    assert not np.array_equal(trainee.vector, initial)
    update = trainee.do("restart")
    assert np.array_equal(trainee.vector, initial)
    assert (facts(update)["batches"], facts(update)["status"]) == ("0", "ready")
    trainee.do("seed", 1)
    assert not np.array_equal(trainee.vector, initial)


def test_a_fresh_page_shows_the_beginning_of_the_run_that_start_begins(monkeypatch):
    trainee = Trainee(monkeypatch)
    update = trainee.do("reset")
    assert (facts(update)["status"], facts(update)["batches"]) == ("ready", "40")
    shown = update.trace.static["train_loss"]["raw"]
    assert not trainee.session.busy
    trainee.learn(40)
    assert trainee.state.run.curves.columns()["raw"][:40].tolist() == shown.tolist()
    assert trainee.state.run.curves.points[0][0] == 1


def test_the_first_packet_does_not_depend_on_the_time(monkeypatch):
    packets = {Session(FILES).handle({"view": "train", "name": "reset"}).to_bytes() for _ in range(2)}
    assert len(packets) == 1


OTHER = {  # another value than the default's, and what of the trainer must show it
    "optimiser": ("adam", lambda run: type(run.trainer.optimiser).__name__ == "Adam"),
    "learning_rate": (0.5, lambda run: run.trainer.optimiser.learning_rate == pytest.approx(0.5, rel=0.01)),
    "schedule": ("constant", lambda run: run.trainer.optimiser.learning_rate == 0.02),
    "momentum": (0.5, lambda run: run.trainer.optimiser.momentum == 0.5),
    "batch_size": (7, lambda run: len(run.trainer.batch) == 7),
    "weight_decay": (0.1, lambda run: run.last_step.l2_loss > 0),
    "dropout": (0.5, lambda run: "dropout 0.5" in run.network.text),
    "augmentation": (False, lambda run: not run.trainer.shifts.any()),
    "architecture": ("mlp", lambda run: run.network.vector.size == 79_510),
    "network": ("flatten / linear 10", lambda run: run.network.text == "flatten / linear 10"),
    "seed": (3, lambda run: run.choice.seed == 3),
}


@pytest.mark.parametrize("name", RUN_SETTINGS)
def test_every_setting_reaches_the_engine(monkeypatch, name):
    value, shows = OTHER[name]
    more = {"architecture": "own"} if name == "network" else {}
    trainee = Trainee(monkeypatch, **more, **{name: value})
    trainee.do("step")
    trainee.do("step")
    assert shows(trainee.state.run)
    other = Trainee(monkeypatch)
    other.do("restart")
    other.do("step")
    other.do("step")
    assert not shows(other.state.run)


@pytest.mark.parametrize("name", [name for name in RUN_SETTINGS if name not in ("architecture", "network", "seed")])
def test_what_can_change_while_training_runs_changes_with_the_next_batch(monkeypatch, name):
    value, shows = OTHER[name]
    trainee = Trainee(monkeypatch)
    trainee.do("restart")
    trainee.do("step")
    weights = trainee.vector
    trainee.do(name, value)
    assert np.array_equal(trainee.vector, weights)
    trainee.do("step")
    assert shows(trainee.state.run)
    assert trainee.state.run.step == 2


@pytest.mark.parametrize("optimiser", LEARNING_RATES)
def test_every_optimiser_learns_with_its_usual_rate(monkeypatch, optimiser):
    trainee = Trainee(monkeypatch, architecture="logistic", optimiser=optimiser)
    assert trainee.do("page", 0).settings["learning_rate"] == LEARNING_RATES[optimiser]
    trainee.learn(150)
    assert trainee.state.run.curves.loss.value < 1.5


def test_what_cannot_change_meanwhile_says_so_and_waits(trainee):
    trainee.learn(3)
    weights, step = trainee.vector, trainee.state.run.step
    update = trainee.do("architecture", "mlp")
    assert "applies when you start again" in facts(update)["waiting"]
    assert np.array_equal(trainee.vector, weights)
    assert "apply when you start again" in trainee.do("start").notices[0]
    trainee.do("pause")
    assert trainee.state.run.step == step
    assert facts(trainee.do("restart"))["parameters"] == "78,500 + 1,010 = 79,510"


@pytest.mark.parametrize(
    ("text", "words", "fits"),
    [
        ("conv 6 3x3 / linear 10", "layer 2, 'linear 10'", "1×28×28 → conv1 6×26×26 → ?"),
        ("conv 6 40x40 / flatten / linear 10", "layer 1, 'conv 6 40x40'", ""),
        ("flatten / linear 11", "gives 11, but 10 logits", "1×28×28 → flatten1 784 → linear1 11"),
        ("pour 3", "'pour' is not a layer", ""),
    ],
)
def test_an_impossible_network_text_is_explained_and_changes_nothing(trainee, text, words, fits):
    trainee.do("step")
    trainee.do("restart")
    weights = trainee.vector
    update = trainee.do("settings", {"architecture": "own", "network": text})
    assert words in facts(update)["network_problem"]
    assert facts(update)["network_check"] == fits
    assert np.array_equal(trainee.vector, weights)
    assert words.lower() in trainee.refused("start").lower()
    assert facts(trainee.do("network", "flatten / linear 10"))["network_problem"] == ""
    trainee.do("start")
    assert trainee.state.run.network.text == "flatten / linear 10"


BRANCHED = """
conv 4 5x5 stride 2
relu
concat(conv 4 1x1 / relu | conv 4 3x3 pad 1 groups 2 / relu)
add(conv 8 3x3 pad 1 / dropout 0.1 | identity)
lrn 3
globalavgpool
dense 10
"""


def test_a_network_with_branches_typed_line_by_line_is_trained_and_handed_on(trainee):
    update = trainee.do("settings", {"architecture": "own", "network": BRANCHED})
    assert facts(update)["network_problem"] == ""
    assert facts(update)["network_check"].endswith("→ add1 8×12×12 → lrn1 8×12×12 → globalavgpool1 8 → linear1 10")
    trainee.do("restart")
    before = trainee.vector
    update = trainee.do("step")
    assert facts(update)["parameters"] == "104 + 96 + 584 + 90 = 874"
    names = update.trace.static["layers"]["name"].tolist()
    arithmetic = update.trace.static["layers"]["arithmetic"].tolist()
    assert arithmetic[names.index("concat1")] == "96"
    assert np.count_nonzero(trainee.vector != before) > 400
    shared = trainee.session.networks.get("trained")
    assert shared.text == trainee.state.run.network.text
    np.testing.assert_array_equal(shared.vector, trainee.vector)


def test_the_loss_falls_and_nine_of_ten_held_out_digits_are_read_after_4500_examples(monkeypatch):
    trainee = Trainee(monkeypatch)
    trainee.learn(225)
    points = trainee.state.run.curves.columns()
    assert points["smoothed"][-1] < 0.5 * points["smoothed"][20]
    images, labels = trainee.state.dataset.test.shard(0)
    *_, found = evaluate(trainee.state.run.network, images[:1000], labels[:1000])
    assert found.accuracy > 0.9


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("learning_rate", [1, 5, 100])
def test_a_divergence_keeps_finite_weights_and_says_what_to_try(monkeypatch, learning_rate, seed):
    trainee = Trainee(monkeypatch, learning_rate=learning_rate, seed=seed)
    trainee.do("start")
    while trainee.session.busy and trainee.state.run.step < 60:
        trainee.session.tick()
    status = trainee.state.status
    update = trainee.do("pause")
    assert np.isfinite(trainee.vector).all()
    assert status == "diverged" or learning_rate < 100
    if status == "diverged":
        assert facts(update)["status"] == "diverged"
        assert "lower the learning rate" in facts(update)["reason"]
        assert all(math.isfinite(point[3]) for point in trainee.state.run.curves.points)
        trainee.do("learning_rate", 0.001)
        step = trainee.state.run.step
        trainee.do("step")
        assert trainee.state.run.step == step + 1


def test_all_test_digits_are_read_in_ticks_and_their_cells_opened(trainee):
    trainee.learn(100)
    assert facts(trainee.do("evaluate"))["status"] == "testing"
    news = trainee.finish()
    assert facts(news)["status"] == "paused"
    assert "95 % confidence" in facts(news)["test_accuracy"]
    table = news.trace.static["confusion"]
    assert table["value"].sum() == 10_000
    counts = dict(zip(zip(table["row"].tolist(), table["column"].tolist(), strict=True), table["value"].tolist(), strict=True))
    update = trainee.do("cell", "4,9")
    behind = update.trace.static["cell_digits"]
    assert len(behind["index"]) == min(40, counts[4, 9])
    _, labels = trainee.state.dataset.test.all()
    assert (labels[behind["index"]] == 4).all()
    tests = update.trace.static["train_tests"]
    assert tests["low"][0] < tests["accuracy"][0] < tests["high"][0]
    for nothing in ("", "4", "a,b", "10,1", "4,9,1"):
        assert len(trainee.do("cell", nothing).trace.static["cell_digits"]["index"]) == 0


def test_the_end_of_an_epoch_tests_and_goes_on(trainee, monkeypatch):
    monkeypatch.setattr(training_run, "ends_epoch", lambda trainer_epoch: trainer_epoch >= 1)
    trainee.do("batch_size", 250)
    trainee.do("start")
    while trainee.state.run.step < 12:
        trainee.session.tick()
    assert [test[0] for test in trainee.state.run.curves.tests] == [2250]
    assert trainee.state.status == "running"


def test_a_step_that_ends_an_epoch_tests_and_stays(trainee, monkeypatch):
    monkeypatch.setattr(training_run, "ends_epoch", lambda trainer_epoch: trainer_epoch >= 1)
    trainee.do("batch_size", 256)
    while trainee.state.status != "testing":
        trainee.do("step")
    assert facts(trainee.finish())["status"] == "paused"
    assert trainee.state.run.step == 9


def test_an_epoch_is_one_look_at_every_training_digit(trainee):
    trainee.do("batch_size", 256)
    seen = []
    run = trainee.state.prepare(trainee.session._settings["train"])
    while not run.has_ended_epoch:
        run.train_batch(trainee.session._settings["train"])
        shard = run.trainer.position.epoch - 1
        seen.extend((run.trainer.batch + 2500 * shard).tolist())
    assert len(seen) == len(set(seen)) == 54_000
    run.train_batch(trainee.session._settings["train"])
    assert run.trainer.batch.max() > 2500  # now all are shuffled together


def test_checkpoints_are_kept_within_bounds_and_shown_again(trainee):
    trainee.learn(30)
    trainee.learn(970)
    kept = trainee.do("page", 1).trace.static["checkpoints"]
    assert len(kept["step"]) <= 24
    assert kept["step"][0] == 0
    assert np.diff(kept["step"]).max() <= 3 * np.diff(kept["step"]).min() + 1
    step = int(kept["step"][3])
    update = trainee.do("checkpoint", step)
    assert facts(update)["batches"] == f"{step:,}"
    checkpoint = trainee.state.run.checkpoints.nearest(step)
    assert update.trace.static["here"]["examples"].tolist() == [checkpoint.position.examples_seen]
    assert np.array_equal(trainee.state.inspector.network.vector, checkpoint.vector)
    assert facts(trainee.do("checkpoint", NOW))["shown"] == "now"


@pytest.mark.parametrize("more", [{}, {"dropout": 0.5}, {"batch_size": 250}, *({"optimiser": o} for o in LEARNING_RATES)])
def test_a_fork_with_the_same_settings_repeats_the_run_bit_for_bit(monkeypatch, more):
    trainee = Trainee(monkeypatch, **QUICK, **more)
    for _ in range(25):
        trainee.do("step")
    weights = trainee.vector
    trainee.do("checkpoint", 10)
    update = trainee.do("fork")
    assert (facts(update)["batches"], update.settings["checkpoint"]) == ("10", NOW)
    assert update.trace.static["checkpoints"]["step"].tolist() == [0, 10]
    for _ in range(15):
        trainee.do("step")
    assert np.array_equal(trainee.vector, weights)


def test_compare_keeps_the_curves_and_the_initial_weights(trainee):
    trainee.do("step")
    trainee.do("restart")
    initial = trainee.vector
    trainee.learn(20)
    curve = trainee.do("page", 0).trace.static["train_loss"]["raw"].tolist()
    update = trainee.do("compare")
    assert update.trace.static["baseline_loss"]["raw"].tolist() == curve
    assert np.array_equal(trainee.vector, initial)
    assert "same settings" in facts(update)["baseline"]
    update = trainee.do("learning_rate", 0.5)
    assert facts(update)["baseline"] == "Baseline: learning rate 0.01 instead of 0.5"
    assert facts(trainee.do("forget"))["baseline"] == ""


@pytest.mark.parametrize("action", ["save_npz", "save_convnetjs"])
def test_weights_leave_as_a_file_and_come_back(monkeypatch, action):
    trainee = Trainee(monkeypatch)
    for _ in range(3):
        trainee.do("step")
    weights, file = trainee.vector, trainee.do(action).download
    assert np.array_equal(trainee.vector, weights)
    other = Trainee(monkeypatch, seed=5)
    other.do("load", base64.b64encode(file.data).decode())
    assert np.allclose(other.vector, weights, rtol=1e-6)
    assert other.session.networks.has("trained")
    other.do("step")
    assert np.abs(other.vector - weights).max() < 0.1


def test_a_bad_file_changes_nothing(trainee):
    trainee.do("step")
    weights = trainee.vector
    big = base64.b64encode(bytes(9_000_000)).decode()
    for value, words in (
        (None, "no file"), (7, "no file"), ("%%%", "base64"), (base64.b64encode(b"nonsense").decode(), "damaged"),
        (base64.b64encode(b'{"layers": []}').decode(), "snapshots fit"), (big, "larger than"),
    ):  # fmt: skip
        assert words in trainee.refused("load", value).lower()
        assert np.array_equal(trainee.vector, weights)
    assert "Snapshots fit" in trainee.refused("save_convnetjs")


def test_the_curves_leave_as_a_table(trainee):
    trainee.learn(30)
    trainee.do("evaluate")
    trainee.finish()
    lines = trainee.do("save_curves").download.data.decode().splitlines()
    assert lines[0].startswith("step,examples,seconds,loss,smoothed_loss,")
    assert len(lines) == 1 + len(trainee.state.run.curves.points) + 1
    assert lines[-1].split(",")[0] == ""
    assert all(len(line.split(",")) == 10 for line in lines)


@pytest.mark.parametrize("more", [{}, {"optimiser": "adam", "dropout": 0.3}])
def test_a_new_python_goes_on_where_the_old_one_was_killed(monkeypatch, more):
    trainee = Trainee(monkeypatch, **QUICK, **more)
    trainee.learn(10)
    update = trainee.do("page", 2)
    while not len(update.trace.static["backup"]["bytes"]):
        trainee.do("start")
        update = trainee.do("pause")
    backup, weights, step = update.trace.static["backup"]["bytes"].tobytes(), trainee.vector, trainee.state.run.step
    trainee.do("step")
    goes_on = trainee.vector
    other = Trainee(monkeypatch)
    update = other.do("restore", base64.b64encode(backup).decode())
    assert np.array_equal(other.vector, weights)
    assert (update.settings["architecture"], facts(update)["batches"]) == ("logistic", str(step))
    assert len(update.trace.static["train_loss"]["raw"]) == step
    other.do("step")
    assert np.array_equal(other.vector, goes_on)
    for bad in (b"", b"{}\n\n", backup[:2000], backup.replace(b'"spacing"', b'"distance"')):
        assert "cannot be used" in other.refused("restore", base64.b64encode(bad).decode())
        assert np.array_equal(other.vector, goes_on)


def test_a_hidden_tab_rests_and_goes_on(trainee):
    trainee.do("start")
    trainee.do("hidden", True)
    assert not trainee.session.busy
    trainee.do("hidden", False)
    assert trainee.session.busy
    trainee.do("background", True)
    trainee.do("hidden", True)
    assert trainee.session.busy


def test_files_are_asked_for_before_anything_happens_and_only_when_needed():
    answerer = Answerer()
    asked = ask(answerer, "settings", QUICK)
    asked += ask(answerer, "step")
    assert sorted(asked) == ["mnist/test-00.gz", "mnist/train-00.gz"]
    header, trace = unpack(answerer.answer())
    assert (header["error"], trace.facts["batches"]) == ("", "1")
    ask(answerer, "batch_size", 256)
    ask(answerer, "start")
    assert answerer.next_file() == "mnist/train-01.gz"
    needed = ""
    while not needed:
        needed = answerer.tick()
    assert needed == "mnist/train-01.gz"
    answerer.fail(needed, "the file could not be fetched (offline); check the connection")
    assert answerer.tick() == ""
    assert not answerer.busy()
    _, trace = unpack(answerer.answer())
    assert trace.facts["status"] == "paused"
    assert "offline" in trace.facts["reason"]
    weights = answerer._session._states["train"].run.network.vector.copy()
    ask(answerer, "start")
    assert answerer.tick() == needed
    answerer.put(needed, FILES.read(needed))
    assert answerer.next_file() == ""
    answerer.tick()
    assert answerer.next_file() == "mnist/train-02.gz"
    assert not np.array_equal(answerer._session._states["train"].run.network.vector, weights)


def ask(answerer, name, value=None):
    """Send an event as the worker does. -> the files that it asked for"""
    asked = []
    while path := answerer.needs(json.dumps({"view": "train", "name": name, "value": value})):
        asked.append(path)
        answerer.put(path, FILES.read(path))
    return asked


def test_the_network_view_gets_a_copy_of_what_was_learned(trainee):
    trainee.learn(5)
    shared = trainee.session.networks.get("trained")
    assert np.array_equal(shared.vector, trainee.vector)
    weights = trainee.vector
    trainee.do("step")
    trainee.session.networks.get("trained")
    assert np.array_equal(shared.vector, weights)


def test_every_layer_tells_its_parameters_and_its_numbers(monkeypatch):
    layers = Trainee(monkeypatch).do("reset").trace.static["layers"]
    names = layers["name"].tolist()
    told = dict(zip(names, layers["arithmetic"].tolist(), strict=True))
    assert told["conv1"] == "5·5·1·8 + 8 = 208"
    assert told["conv2"] == "5·5·8·16 + 16 = 3,216"
    assert told["linear1"] == "256·10 + 10 = 2,570"
    assert [name for name, dead in zip(names, layers["dead"].tolist(), strict=True) if dead] == ["relu1", "relu2"]
    updates = dict(zip(names, layers["update"].tolist(), strict=True))
    assert [name for name, update in updates.items() if update] == ["conv1", "conv2", "linear1"]


@pytest.mark.parametrize(
    "text",
    ["linear 10", "conv 250 1x1 / avgpool 28 / flatten / linear 10", " / ".join(["relu"] * 27 + ["flatten", "linear 10"])],
)
def test_any_network_can_be_looked_into(monkeypatch, text):
    update = Trainee(monkeypatch).do("settings", {"architecture": "own", "network": text})
    assert len(update.to_bytes()) < 400_000
    assert "row_0_activations" in update.trace.static


def test_news_are_small_and_a_picture_takes_a_byte_a_pixel(monkeypatch):
    trainee = Trainee(monkeypatch)
    update = trainee.do("step")
    update.trace.static["backup"]["bytes"] = np.zeros(0, np.uint8)  # most news bring none
    assert len(update.to_bytes()) < 100_000
    (picture,) = update.trace.static["row_1_activations"]["image"]
    feature_map = trainee.state.inspector.network.activations[1][0]
    limit = np.abs(feature_map).max()
    assert (picture[:24, 24] == 0).all()  # the gap between two maps
    assert np.abs((picture[:24, :24] - 128.0) / 127 * limit - feature_map[0]).max() <= 0.51 * limit / 127
    images = [columns["image"] for columns in update.trace.static.values() if "image" in columns]
    assert len(images) > 20
    assert all(image.dtype == np.uint8 for image in images)


def test_the_table_of_settings_holds_the_defaults():
    settings = TrainViewSettings()
    assert settings.learning_rate == LEARNING_RATES[settings.optimiser]
    assert all(name in settings.plain() for name in RUN_SETTINGS)


def test_an_action_that_waits_for_a_file_is_done_once():
    answerer = Answerer()
    assert sorted(ask(answerer, "step")) == ["mnist/test-00.gz", "mnist/train-00.gz"]
    _, trace = unpack(answerer.answer())
    assert trace.facts["batches"] == "1"


def test_a_sample_is_read_by_the_network_view_with_the_weights_shown(monkeypatch):
    trainee = Trainee(monkeypatch)
    trainee.do("example", 3)  # nothing was trained yet: shown is what was computed beforehand
    assert np.array_equal(trainee.session.networks.get("trained").vector, trainee.vector)
    trainee.learn(30)
    newest = trainee.vector
    trainee.do("checkpoint", 0)
    assert np.array_equal(trainee.session.networks.get("trained").vector, trainee.state.run.checkpoints.nearest(0).vector)
    trainee.do("checkpoint", NOW)
    assert np.array_equal(trainee.session.networks.get("trained").vector, newest)


def test_loaded_weights_are_not_called_initial(monkeypatch):
    trainee = Trainee(monkeypatch)
    trainee.do("step")
    file = trainee.do("save_npz").download
    update = trainee.do("load", base64.b64encode(file.data).decode())
    assert update.trace.sentences[0] == "These are the weights from your file. Press Start training to continue from them."
    assert facts(update)["status"] == "paused"
    assert trainee.do("restart").trace.sentences[0].startswith("These are the initial weights")


def test_the_preview_is_computed_once_for_all_pages_and_each_has_its_own(trainee, monkeypatch):
    first, second = Session(FILES), Session(FILES)
    shown = first.handle({"view": "train", "name": "reset"})
    with monkeypatch.context() as patched:
        patched.setattr(training_run.TrainingRun, "train_batch", lambda *arguments: pytest.fail("it is computed anew"))
        again = second.handle({"view": "train", "name": "reset"})
    assert again.to_bytes() == shown.to_bytes()
    runs = [session._states["train"].run for session in (first, second)]
    assert runs[0].network.vector is not runs[1].network.vector
    for session, run in zip((first, second), runs, strict=True):
        run.train_batch(session._settings["train"])
    assert np.array_equal(runs[0].network.vector, runs[1].network.vector)  # they go on as one run, too
    assert [len(run.curves.points) for run in runs] == [41, 41]
    assert len(runs[0].dataset.preview.curves.points) == 40
