"""Every bad input of a plain op is answered by a sentence: what came, what was wanted, what to try."""

import numpy as np
import pytest

from convoscope import engine
from convoscope.engine import ShapeError

X, WEIGHT, ROWS = np.ones((2, 3, 6, 6)), np.ones((4, 3, 3, 3)), np.ones((2, 5))
LABELS = np.array([0, 4])
NAN = np.where(np.arange(X.size).reshape(X.shape) == 50, np.nan, X)

SHAPES = {  # what is done, what the sentence must say
    "an image alone": (lambda: engine.conv2d(X[0], WEIGHT), r"x has shape \(3, 6, 6\).*try|x\[None\]"),
    "one axis too many": (lambda: engine.conv2d(X[None], WEIGHT), r"x\[0\]"),
    "filters without channels": (lambda: engine.conv2d(X, WEIGHT[0]), r"\(F, C, kH, kW\) is wanted"),
    "channels": (lambda: engine.conv2d(X, WEIGHT[:, :1]), "has 3 channels but the filters expect 1; use filters with 3"),
    "bias": (lambda: engine.conv2d(X, WEIGHT, np.ones(3)), r"bias has shape \(3,\) but there are 4 filters; give one"),
    "kernel too large": (lambda: engine.conv2d(X, np.ones((1, 3, 7, 7))), "covers 7 pixels.*only 6 high; use a smaller"),
    "kernel too wide": (lambda: engine.conv2d(X, np.ones((1, 3, 1, 9)), padding=1), "padding of 1 is only 8 wide"),
    "dilated too far": (lambda: engine.conv2d(X, WEIGHT, dilation=3), "covers 7 pixels"),
    "stride 0": (lambda: engine.conv2d(X, WEIGHT, stride=0), "stride is 0, but must be at least 1; try stride=1"),
    "negative stride": (lambda: engine.conv2d(X, WEIGHT, stride=(1, -2)), r"stride is \(1, -2\)"),
    "half a stride": (lambda: engine.conv2d(X, WEIGHT, stride=1.5), "stride is 1.5, but a whole number"),
    "three strides": (lambda: engine.conv2d(X, WEIGHT, stride=(1, 1, 1)), r"a \(row, column\) pair"),
    "stride in words": (lambda: engine.conv2d(X, WEIGHT, stride="2"), "stride is '2', but a whole number"),
    "stride True": (lambda: engine.conv2d(X, WEIGHT, stride=True), "stride is True, but a whole number"),
    "negative padding": (lambda: engine.conv2d(X, WEIGHT, padding=-1), "padding is -1, but must be at least 0"),
    "dilation 0": (lambda: engine.conv2d(X, WEIGHT, dilation=0), "dilation is 0"),
    "empty batch": (lambda: engine.conv2d(X[:0], WEIGHT), "holds nothing; give at least one image"),
    "no filters": (lambda: engine.conv2d(X, WEIGHT[:0]), "weight has shape .* holds nothing"),
    "gradient": (lambda: engine.conv2d_backward(X, X, WEIGHT), "grad_out has shape .* the output of conv2d has shape"),
    "flat gradient": (lambda: engine.conv2d_backward(ROWS, X, WEIGHT), r"\(N, F, oH, oW\) is wanted"),
    "terms of other channels": (lambda: engine.conv2d_terms(X[0], WEIGHT[0, :1]), "the image has 3 channels but the filters"),
    "terms of a batch": (lambda: engine.conv2d_terms(X, WEIGHT[0]), r"\(C, H, W\) is wanted"),
    "terms of all filters": (lambda: engine.conv2d_terms(X[0], WEIGHT), r"\(C, kH, kW\) is wanted"),
    "windows": (lambda: engine.sliding_windows(X[0], 3), "x has shape"),
    "pool too large": (lambda: engine.max_pool2d(X, 7), "use a smaller kernel"),
    "pool of nothing": (lambda: engine.max_pool2d(X, 0), "kernel_size is 0"),
    "pool padded too far": (lambda: engine.avg_pool2d(X, 2, padding=2), r"at most half the window.*try padding=\(1, 1\)"),
    "pool padded too far aside": (lambda: engine.max_pool2d(X, (6, 2), padding=(0, 2)), "at most half the window"),
    "pool rank": (lambda: engine.avg_pool2d(X[0], 2), "x has shape"),
    "pool gradient": (lambda: engine.max_pool2d_backward(X, X, 2), "the output of the pooling"),
    "mean pool gradient": (lambda: engine.avg_pool2d_backward(X, X, 2), "the output of the pooling"),
    "relu gradient": (lambda: engine.relu_backward(X[:1], X), "the output of the activation"),
    "sigmoid of nothing": (lambda: engine.sigmoid(X[:0]), "holds nothing"),
    "flatten of a number": (lambda: engine.flatten(np.ones(3)), "add the batch axis"),
    "sigmoid gradient": (lambda: engine.sigmoid_backward(X[:1], X), "the output of the activation"),
    "tanh gradient": (lambda: engine.tanh_backward(X[:1], X), "the output of the activation"),
    "flatten gradient": (lambda: engine.flatten_backward(ROWS, X), "the output of flatten"),
    "linear": (lambda: engine.linear(ROWS, np.ones((4, 6))), r"5 features but weight expects 6; give .* shape \(4, 5\)"),
    "linear on images": (lambda: engine.linear(X, ROWS), r"\(N, I\) is wanted"),
    "linear bias": (lambda: engine.linear(ROWS, ROWS, np.ones(5)), "one number per output"),
    "linear gradient": (lambda: engine.linear_backward(ROWS, ROWS, ROWS), "the output of linear"),
    "softmax rank": (lambda: engine.softmax(X), "logits has shape"),
    "softmax gradient": (lambda: engine.softmax_backward(ROWS[:1], ROWS), "the output of softmax"),
    "one-hot labels": (lambda: engine.cross_entropy(ROWS, np.eye(5, dtype=int)[LABELS]), r"try labels.argmax\(axis=1\)"),
    "squared error": (lambda: engine.squared_error(ROWS, ROWS[:, :3]), "give one target per output"),
}
VALUES = {
    "integer image": (lambda: engine.conv2d(X.astype(int), WEIGHT), r"int\d+ numbers.*try x.astype\(np.float32\)"),
    "integer pool": (lambda: engine.max_pool2d(X.astype(np.uint8), 2), "uint8 numbers"),
    "half precision": (lambda: engine.relu(X.astype(np.float16)), "float16 numbers"),
    "a list": (lambda: engine.relu([1.0, 2.0]), r"x is a list, but a NumPy array is wanted; try np.array"),
    "two precisions": (lambda: engine.conv2d(X.astype(np.float32), WEIGHT), "x is float32 but weight is float64; try weight"),
    "two precisions, linear": (lambda: engine.linear(ROWS.astype(np.float32), ROWS), "x is float32 but weight is float64"),
    "NaN": (lambda: engine.conv2d(NAN, WEIGHT), r"x\[0, 1, 2, 2\] is nan, but every number must be finite; look for"),
    "NaN in a gradient": (lambda: engine.conv2d_backward(NAN[:, :, :4, :4], X, WEIGHT[:3]), r"grad_out\[0, 1, .* is nan"),
    "NaN in ReLU's gradient": (lambda: engine.relu_backward(NAN, X), r"grad_out\[0, 1, .* is nan"),
    "NaN in sigmoid's gradient": (lambda: engine.sigmoid_backward(NAN, X), r"grad_out\[0, 1, .* is nan"),
    "NaN in tanh's gradient": (lambda: engine.tanh_backward(NAN, X), r"grad_out\[0, 1, .* is nan"),
    "integers in tanh's gradient": (lambda: engine.tanh_backward(X.astype(int), X), r"grad_out holds int\d+ numbers"),
    "a list as ReLU's gradient": (lambda: engine.relu_backward([1.0], X), "grad_out is a list"),
    "NaN in a pooling's gradient": (lambda: engine.max_pool2d_backward(NAN, NAN, 1), "is nan"),
    "infinity": (lambda: engine.softmax(ROWS * np.inf), r"logits\[0, 0\] is inf"),
    "NaN bias": (lambda: engine.conv2d_terms(X[0], WEIGHT[0], float("nan")), "bias"),
    "infinite bias": (lambda: engine.conv2d(X, WEIGHT, np.full(4, -np.inf)), r"bias\[0\] is -inf"),
    "infinite linear bias": (lambda: engine.linear(ROWS, ROWS, np.array([0, np.nan])), r"bias\[1\] is nan"),
    "label too large": (lambda: engine.cross_entropy(ROWS, np.array([0, 5])), "labels hold 5, but there are 5 classes"),
    "label negative": (lambda: engine.cross_entropy_backward(ROWS, np.array([0, -1])), "labels hold -1"),
    "labels not whole": (lambda: engine.cross_entropy(ROWS, np.array([0.0, 1.0])), r"try labels.astype\(np.int64\)"),
    "labels in a list": (lambda: engine.cross_entropy(ROWS, [0, 1]), "labels hold list"),
    "labels are truths": (lambda: engine.cross_entropy(ROWS, np.array([True, False])), "labels hold bool"),
}


def sentence_of(error):
    """The message, if it reads as a sentence with a hint after the semicolon or colon."""
    text = str(error.value)
    assert len(text) > 40
    assert ";" in text
    assert "\n" not in text
    return text


@pytest.mark.parametrize("name", SHAPES)
def test_wrong_shapes(name):
    act, expected = SHAPES[name]
    with pytest.raises(ShapeError, match=expected) as error:
        act()
    sentence_of(error)


@pytest.mark.parametrize("name", VALUES)
def test_wrong_values(name):
    act, expected = VALUES[name]
    with pytest.raises(ValueError, match=expected) as error:
        act()
    sentence_of(error)


def test_bad_input_leaves_the_arrays_alone():
    x = X.copy()
    with pytest.raises(ShapeError):
        engine.conv2d(x, WEIGHT, stride=0)
    engine.conv2d_backward(engine.conv2d(x, WEIGHT), x, WEIGHT)
    engine.max_pool2d_backward(engine.max_pool2d(x, 2), x, 2)
    engine.cross_entropy_backward(ROWS, LABELS)
    assert np.array_equal(x, X)
    assert np.array_equal(ROWS, np.ones((2, 5)))
