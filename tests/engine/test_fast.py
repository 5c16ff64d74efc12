"""The plans that training uses give the numbers of the plain ops, with BLAS and without, and reuse their memory."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from convoscope import engine
from convoscope.engine import ShapeError, backend, fast, fast_winograd

from .strategies import Case, conv_cases, many, numbers, pool_cases, rows, some, st


def close(found, expected):
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * (1 + abs(expected).max()))


def innermost(images):
    """Batch-innermost images of the same values, as a plan hands them on."""
    return fast.batch_first(np.ascontiguousarray(fast.batch_innermost(images)))


@many
@given(conv_cases(), st.booleans(), st.booleans(), st.sampled_from([1, 3000, fast.CACHE_BYTES]))
def test_convolution(case: Case, has_blas, with_bias, cache_bytes):
    """With BLAS and without, with a bias and without, and some rows at a time or all at once."""
    plan, bias = fast.Conv2dPlan(**case.settings), case.bias if with_bias else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "HAS_BLAS", has_blas)
        patch.setattr(fast, "CACHE_BYTES", cache_bytes)
        for x in (numbers(case.rng, case.x.shape, False), case.x, innermost(case.x), case.x[:1]):  # buffers are used again
            expected = engine.conv2d(x, case.weight, bias, **case.settings)
            close(plan.forward(x, case.weight, bias), expected)
            grad_out = numbers(case.rng, expected.shape, False)
            gradients = engine.conv2d_backward(grad_out, x, case.weight, **case.settings)
            assert plan.backward(grad_out, needs_grad_x=False)[0] is None
            for found, gradient in zip(plan.backward(innermost(grad_out)), gradients, strict=True):
                close(found, gradient)


@many
@given(conv_cases(strides=st.just((1, 1)), dilations=st.just((1, 1))))
def test_convolution_with_fewer_multiplications(case: Case):
    """The form that is chosen for large shapes where there is no BLAS, here for small ones too."""
    plan = fast.Conv2dPlan(**case.settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "HAS_BLAS", False)
        patch.setattr(fast_winograd, "SHORTEST_RUN", 1)
        patch.setattr(fast_winograd, "FEWEST_CHANNELS", 1)
        assert fast.winograd_is_faster(case.x.shape, case.weight.shape, (1, 1), (1, 1)) == (case.kernel_size[0] > 1)
        for x, bias in ((numbers(case.rng, case.x.shape, False), case.bias), (case.x, case.bias), (case.x[:1], None)):
            expected = engine.conv2d(x, case.weight, bias, **case.settings)
            close(plan.forward(x, case.weight, bias), expected)
            grad_out = numbers(case.rng, expected.shape, False)
            gradients = engine.conv2d_backward(grad_out, x, case.weight, **case.settings)
            for found, gradient in zip(plan.backward(innermost(grad_out)), gradients, strict=True):
                close(found, gradient)


def test_fewer_multiplications_cost_little_precision():
    rng = np.random.default_rng(0)
    x, weight = (rng.normal(size=shape).astype(np.float32) for shape in ((20, 8, 12, 12), (16, 8, 5, 5)))
    exact = engine.conv2d(x.astype(np.float64), weight.astype(np.float64), padding=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "HAS_BLAS", False)
        out = fast.Conv2dPlan(padding=2).forward(x, weight)
    assert 0 < abs(out - exact).max() < 2e-6 * abs(exact).max()


def test_fewer_multiplications_are_chosen_where_they_pay():
    images, filters, dense = (20, 8, 12, 12), (16, 8, 5, 5), ((1, 1), (1, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "HAS_BLAS", False)
        assert fast.winograd_is_faster(images, filters, *dense)
        assert not fast.winograd_is_faster(images, filters, (1, 2), (1, 1))
        assert not fast.winograd_is_faster(images, filters, (1, 1), (2, 1))
        assert not fast.winograd_is_faster(images, (16, 8, 1, 5), *dense)
        assert not fast.winograd_is_faster(images, (16, 8, 6, 5), *dense)
        assert not fast.winograd_is_faster((20, 1, 24, 24), (8, 1, 5, 5), *dense)
        assert not fast.winograd_is_faster((1, 8, 12, 12), filters, *dense)
        patch.setattr(backend, "HAS_BLAS", True)
        assert not fast.winograd_is_faster(images, filters, *dense)


@many
@given(pool_cases(), st.sampled_from(["max", "avg"]))
def test_pooling(case: Case, kind):
    plan = {"max": fast.MaxPool2dPlan, "avg": fast.AvgPool2dPlan}[kind](**case.settings)
    pool, pool_backward = getattr(engine, f"{kind}_pool2d"), getattr(engine, f"{kind}_pool2d_backward")
    for x in (numbers(case.rng, case.x.shape, False), case.x, innermost(case.x), case.x[:1]):
        expected = pool(x, **case.settings)
        close(plan.forward(x), expected)
        grad_out = numbers(case.rng, expected.shape, False)
        close(plan.backward(grad_out), pool_backward(grad_out, x, **case.settings))


@some
@given(conv_cases(largest=6), st.sampled_from([np.float32, np.float64]))
def test_relu_is_exact(case: Case, dtype):
    plan, edges = fast.ReLUPlan(), np.array([-0.0, 0.0, 1e-45, -1e-45, 3e38, -3e38, np.inf, -np.inf])
    x = case.x.astype(dtype)
    x.ravel()[: len(edges)] = edges[: x.size].astype(dtype)
    expected = np.where(x > 0, x, dtype(0))
    for given_x in (x, innermost(x)):
        assert np.array_equal(plan.forward(given_x), expected)
        grad_out = numbers(case.rng, x.shape, False).astype(dtype)
        assert np.array_equal(plan.backward(grad_out), np.where(x > 0, grad_out, dtype(0)))


@some
@given(rows(), st.booleans())
def test_linear(case, has_blas):
    x, weight, bias, rng = case
    plan = fast.LinearPlan()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "HAS_BLAS", has_blas)
        for given_x in (rng.normal(size=x.shape), x, np.asfortranarray(x)):
            close(plan.forward(given_x, weight, bias), engine.linear(given_x, weight, bias))
            grad_out = rng.normal(size=(len(x), len(weight)))
            assert plan.backward(grad_out, needs_grad_x=False)[0] is None
            gradients = engine.linear_backward(grad_out, given_x, weight)
            for found, gradient in zip(plan.backward(grad_out), gradients, strict=True):
                close(found, gradient)


@some
@given(rows())
def test_both_products_are_the_same_product(case):
    x, weight, _, rng = case
    for a, b in ((x, weight.T), (np.ascontiguousarray(x), np.ascontiguousarray(weight.T)), (weight, x.T)):
        out = rng.normal(size=(len(a), b.shape[1]))
        close(backend.blas_product(a, b), a @ b)
        close(backend.loop_product(a, b), a @ b)
        assert backend.loop_product(a, b, out) is out
        close(out, a @ b)


@some
@given(conv_cases(largest=6))
def test_flattening_keeps_the_reading_order(case: Case):
    flat = fast.flatten_batch(case.x)
    assert np.array_equal(flat, engine.flatten(case.x))
    assert np.array_equal(fast.unflatten_batch(flat, case.x.shape), case.x)
    kept = innermost(case.x)
    assert np.shares_memory(fast.flatten_batch(kept), kept)


class Chain:
    """convnetjs_mnist up to its pooling, from plans alone; shapes (N, 1, 24, 24) -> (N, 16, 4, 4)."""

    def __init__(self, rng):
        self.filters = [rng.normal(size=shape).astype(np.float32) for shape in ((8, 1, 5, 5), (16, 8, 5, 5))]
        self.biases = [np.zeros(8, np.float32), np.zeros(16, np.float32)]
        self.convs = [fast.Conv2dPlan(padding=2), fast.Conv2dPlan(padding=2)]
        self.relus, self.pools = [fast.ReLUPlan(), fast.ReLUPlan()], [fast.MaxPool2dPlan(2), fast.MaxPool2dPlan(3)]

    def step(self, x):
        arrays = [x]
        for i in (0, 1):
            arrays.append(self.convs[i].forward(arrays[-1], self.filters[i], self.biases[i]))
            arrays.append(self.relus[i].forward(arrays[-1]))
            arrays.append(self.pools[i].forward(arrays[-1]))
        gradient = arrays[-1]
        for i in (1, 0):
            gradient = self.relus[i].backward(self.pools[i].backward(gradient))
            gradient, *_ = self.convs[i].backward(gradient, needs_grad_x=i > 0)
        return arrays


ENGINE = str(Path(fast.__file__).parent / "*")
OURS = [tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain), tracemalloc.Filter(True, ENGINE)]


def traced(work):
    """Count what work allocates. -> bytes of arrays and engine objects that it holds on to, bytes at its worst moment.

    The least of three times counts, for threads that other tests have left behind allocate, too.
    """
    tracemalloc.start()
    work()
    found = []
    for _ in range(3):
        before = held()
        known = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        work()
        peak = tracemalloc.get_traced_memory()[1]
        found.append((held() - before, peak - known))
    tracemalloc.stop()
    return tuple(min(values) for values in zip(*found, strict=True))


def held():
    """Bytes that arrays and what the engine has made take now."""
    return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(OURS).traces)


@pytest.mark.parametrize("has_blas", [True, False])
def test_memory_does_not_grow_over_a_thousand_steps(monkeypatch, has_blas):
    monkeypatch.setattr(backend, "HAS_BLAS", has_blas)
    monkeypatch.setattr(fast_winograd, "SHORTEST_RUN", 1)
    rng = np.random.default_rng(0)
    x, chain = rng.normal(size=(4, 1, 12, 12)).astype(np.float32), Chain(rng)
    first = chain.step(x)

    def half_of_them():
        for _ in range(500):
            chain.step(x)

    grown, _ = traced(half_of_them)
    assert grown < first[-1].nbytes  # the smallest array of all, (4, 16, 2, 2)
    assert all(np.shares_memory(a, b) for a, b in zip(first[1:], chain.step(x)[1:], strict=True))


@pytest.mark.parametrize("has_blas", [True, False])
def test_a_step_allocates_nothing_large(monkeypatch, has_blas):
    monkeypatch.setattr(backend, "HAS_BLAS", has_blas)
    monkeypatch.setattr(fast_winograd, "SHORTEST_RUN", 1)
    rng = np.random.default_rng(0)
    x, chain = rng.normal(size=(8, 1, 24, 24)).astype(np.float32), Chain(rng)
    first_map = chain.step(x)[1]
    _, peak = traced(lambda: chain.step(x))
    assert peak < first_map.nbytes  # (8, 8, 24, 24), and numpy's own loop buffers are counted


def test_the_memory_count_can_fail():
    kept = []
    grown, peak = traced(lambda: kept.append(np.ones(1000)))
    assert grown >= 8000
    assert peak >= 8000


def test_what_comes_out_lies_with_the_batch_innermost():
    rng = np.random.default_rng(0)
    for images in Chain(rng).step(rng.normal(size=(4, 1, 24, 24)).astype(np.float32))[1:]:
        assert fast.batch_innermost(images).flags.c_contiguous


def test_a_gradient_of_another_shape_is_refused():
    x, weight = np.ones((1, 1, 4, 4)), np.ones((2, 1, 3, 3))
    plans = [fast.MaxPool2dPlan(2), fast.AvgPool2dPlan(2), fast.ReLUPlan()]
    for plan in plans:
        plan.forward(x)
    conv, linear = fast.Conv2dPlan(), fast.LinearPlan()
    conv.forward(x, weight)
    linear.forward(x[0, 0], weight[0, 0, :2].repeat(2, axis=1)[:, :4])
    for plan in [*plans, conv, linear]:
        with pytest.raises(ShapeError, match="grad_out has shape"):
            plan.backward(np.ones((3, 3)))


def test_what_does_not_fit_is_refused_before_any_buffer_is_made():
    with pytest.raises(ShapeError, match="the image has 2 channels but the filters expect 1"):
        fast.Conv2dPlan().forward(np.ones((1, 2, 4, 4)), np.ones((2, 1, 3, 3)))
    with pytest.raises(ShapeError, match="use a smaller kernel"):
        fast.MaxPool2dPlan(5).forward(np.ones((1, 2, 4, 4)))
    with pytest.raises(ShapeError, match="weight has shape"):
        fast.LinearPlan().forward(np.ones((1, 3)), np.ones((2, 4)))
