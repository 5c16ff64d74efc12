"""Random settings, asked for through the page, give what SciPy gives."""

import numpy as np
from scipy.signal import correlate2d

ROUNDS = 25


def random_settings(rng):
    height, width = rng.integers(1, 6, 2)
    return {
        "image": "lecture",
        "cells": rng.integers(-3, 4, rng.integers(6, 11, 2)).tolist(),
        "weights": rng.integers(-3, 4, (height, width)).tolist(),
        "stride": int(rng.integers(1, 4)),
        "stride_across": str(rng.choice(["same", "1", "2", "3"])),
        "padding": int(rng.integers(0, max(height, width))),
        "bias": int(rng.integers(-2, 3)),
        "flip": bool(rng.integers(2)),
        "relu": bool(rng.integers(2)),
    }


def expected_output(asked):
    image, kernel = np.array(asked["cells"]), np.array(asked["weights"])
    rings = [min(asked["padding"], size - 1) for size in kernel.shape]
    across = asked["stride"] if asked["stride_across"] == "same" else int(asked["stride_across"])
    kernel = kernel[::-1, ::-1] if asked["flip"] else kernel
    sums = correlate2d(np.pad(image, [(ring, ring) for ring in rings]), kernel, "valid")[:: asked["stride"], ::across]
    return np.maximum(sums + asked["bias"], 0) if asked["relu"] else sums + asked["bias"]


def test_random_settings_in_the_page_give_what_scipy_gives(explorer):
    explorer.open()
    rng = np.random.default_rng(84)
    for _ in range(ROUNDS):
        asked = random_settings(rng)
        explorer.set(**asked)
        shown, expected = explorer.data("output_values"), expected_output(asked)
        assert shown["value"] == expected.ravel().tolist(), asked
        assert (shown["row"][-1] + 1, shown["column"][-1] + 1) == expected.shape
        last = explorer.state()["steps"] - 1
        explorer.page.evaluate("(step) => window.convoscope.views.convolution.step(step)", last)
        assert explorer.sentence().endswith(str(int(expected[-1, -1])).replace("-", "−"))
