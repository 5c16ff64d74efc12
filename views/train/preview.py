"""The beginning of the default run, which a fresh page shows. It is computed once for all pages that share the digits."""

from __future__ import annotations

from .settings import TrainViewSettings
from .training_run import TrainingRun

PREVIEW_BATCHES = 40


def begin(run: TrainingRun, settings: TrainViewSettings) -> None:
    """Bring a new run to the end of the preview. Raises FileNeeded, DataError or OSError."""
    dataset = run.dataset
    if dataset.preview is None:
        first = TrainingRun(run.choice, settings, dataset, clock=lambda: 0.0)  # what is computed beforehand takes no time
        for _ in range(PREVIEW_BATCHES):
            first.train_batch(settings)
        dataset.preview = first
    run.take_over(dataset.preview, settings)
