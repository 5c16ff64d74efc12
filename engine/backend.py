"""Which matrix product is fast here: BLAS if NumPy was built with one, long einsum loops if not (Pyodide)."""

from __future__ import annotations

import numpy as np

from .shapes import Array


def matrix_product(a: Array, b: Array, out: Array | None = None) -> Array:
    """Multiply two matrices. a: (M, K), b: (K, P) -> (M, P)."""
    return np.matmul(a, b, out=out)
