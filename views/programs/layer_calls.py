"""What the writers of networks share: pairs as a person writes them, and the numbers of a layer that differ from the usual."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine import BranchesSpec, LayerSpec
from ...engine.shapes import Pair


def pair_text(pair: Pair) -> str:
    """3 for (3, 3), else (3, 5)."""
    return str(pair[0]) if pair[0] == pair[1] else str(pair)


def options(*named: tuple[str, object, object]) -> list[str]:
    """Keyword arguments that differ from the usual. named: (name, value, usual value)"""
    return [
        f"{name}={pair_text(value) if isinstance(value, tuple) else value}" for name, value, usual in named if value != usual
    ]


def has_kind(specs: Sequence[LayerSpec], kind: str) -> bool:
    """Whether a layer of that kind is among them or in their branches."""
    return any(
        spec.kind == kind
        or (isinstance(spec, BranchesSpec) and any(has_kind(branch, kind) for branch in spec.branches))
        for spec in specs
    )
