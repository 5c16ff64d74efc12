"""The one place that knows whether NumPy came with BLAS, the library behind fast matrix products.

Native NumPy has it: np.matmul runs at 20 to 35 GFLOP/s on a convolution's long, thin matrices. NumPy in Pyodide has none:
its matmul is three plain loops (0.5 to 1.2 GFLOP/s), while einsum walks along the longest contiguous axis (2.5 to 3.5).
The choice is read from how NumPy was built, not timed: a stopwatch could choose differently on the next run, and the
sums would differ in their last bits.
"""

from __future__ import annotations

import numpy as np

from .shapes import Array

HAS_BLAS = bool(np.show_config(mode="dicts")["Build Dependencies"]["blas"].get("found", False))


def matrix_product(a: Array, b: Array, out: Array | None = None) -> Array:
    """Multiply two matrices, either may be a transposed view. a: (M, K), b: (K, P) -> (M, P), written to out if given."""
    if HAS_BLAS:
        return blas_product(a, b, out)
    return loop_product(a, b, out)


def blas_product(a: Array, b: Array, out: Array | None = None) -> Array:
    """Multiply with BLAS. a: (M, K), b: (K, P) -> (M, P)."""
    product: Array = np.matmul(a, b, out=out)
    return product


def loop_product(a: Array, b: Array, out: Array | None = None) -> Array:
    """Multiply without BLAS: einsum's loops, innermost along the axis that is contiguous. (M, K), (K, P) -> (M, P)."""
    product: Array = np.einsum("mk,kp->mp", a, b, out=out)
    return product
