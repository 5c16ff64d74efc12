"""An architecture as a list of counted layers, read from the engine's layer specifications; no weight is made.

Activations, dropout, local response normalisation, flatten and identity have no parameters, and no layer of their own here: an
activation is told with the layer before it, and so is batch normalisation. So the layers are those that papers count. The
layers of branches stand one behind the other, each branch in a lane of its own, and behind them the layer that joins them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...engine import BranchesSpec, LayerSpec, ReceptiveField, Sliding, receptive_field
from ...engine.chain_specs import joined_shape
from ...engine.layer_specs import Shape

NOT_DRAWN = ("flatten", "dropout", "lrn", "identity")
ACTIVATIONS = {"relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh"}
BYTES = 4  # of a float32


@dataclass(frozen=True)
class Lane:
    """Where a layer stands: its column, the middle of its lane and how high it is, as shares of the drawing."""

    column: int = 0
    middle: float = 0.5
    height: float = 1.0

    def lane(self, number: int, count: int) -> Lane:
        """The lane of one of some branches, the first on top."""
        height = self.height / count
        return Lane(self.column, self.middle + self.height / 2 - (number + 0.5) * height, height)


@dataclass(frozen=True)
class CountedLayer:
    """One layer with its shapes, and with the activation behind it. spec: None for the input.

    reads: the layers that it reads, by their numbers; lanes: the middles of the lanes in which these come. windows: how all
    layers up to this one slide over the input, None if one unit may see all of it.
    """

    spec: LayerSpec | None
    previous_shape: Shape  # of the first layer that it reads
    input_shape: Shape  # what it gets: previous_shape, or what flatten made of it
    output_shape: Shape
    place: Lane = Lane()
    reads: tuple[int, ...] = ()
    lanes: tuple[float, ...] = ()
    windows: tuple[Sliding, ...] | None = ()
    activation: str = ""
    normalised: bool = False  # by batch normalisation

    @property
    def kind(self) -> str:
        """Its word in the network text, or input."""
        return self.spec.kind if self.spec else "input"

    @property
    def joins(self) -> bool:
        """Whether branches meet here."""
        return isinstance(self.spec, BranchesSpec)

    @property
    def own_parameters(self) -> int:
        """Weights and biases; those of branches are counted with their layers."""
        return self.spec.parameter_count(self.input_shape) if self.spec and not self.joins else 0

    @property
    def parameters(self) -> int:
        """Weights and biases, and the scales and shifts of the normalisation behind them."""
        return self.own_parameters + self.normalised * 2 * self.output_shape[0]

    @property
    def multiply_adds(self) -> int:
        """Multiplications for one image, each with its addition."""
        return self.spec.multiply_adds(self.input_shape) if self.spec and not self.joins else 0

    @property
    def window_rows(self) -> int:
        """How many rows of the layer before one output cell sees, padding included; all of them unless a window slides."""
        window = Sliding(1) if self.joins else self.spec.window if self.spec else None
        return window.span[0] if window else self.previous_shape[1] if len(self.previous_shape) == 3 else 1

    @property
    def field(self) -> ReceptiveField | None:
        """What one unit sees of the input; None if it may see all of it."""
        return None if self.windows is None or len(self.output_shape) != 3 else receptive_field(self.windows)


def count_layers(specs: Sequence[LayerSpec], input_shape: Shape) -> list[CountedLayer]:
    """Follow the shapes through the layers. input_shape: (C, H, W). Raises ShapeError."""
    count = _Count([CountedLayer(None, input_shape, input_shape, input_shape)])
    count.chain(specs, _Strand(input_shape, (0,), (0.5,), Lane(1), (), is_main=True))
    return count.layers


@dataclass(frozen=True)
class _Strand:
    """How far a chain has come: the shape, the layers that its next layer reads, and where that one stands."""

    shape: Shape
    reads: tuple[int, ...]
    lanes: tuple[float, ...]
    place: Lane
    windows: tuple[Sliding, ...] | None
    is_main: bool = False
    last: int = -1  # the chain's last layer drawn, −1 if there is none yet

    def through(self, spec: LayerSpec, out: Shape) -> _Strand:
        """Behind a layer that is not drawn."""
        window = spec.window
        windows = None if self.windows is None or window is None else (*self.windows, window)
        return replace(self, shape=out, windows=windows)


@dataclass
class _Count:
    layers: list[CountedLayer] = field(default_factory=list)

    def chain(self, specs: Sequence[LayerSpec], strand: _Strand) -> _Strand:
        """Add the layers of a chain. -> where it ends."""
        for spec in specs:
            strand = self._branches(spec, strand) if isinstance(spec, BranchesSpec) else self._layer(spec, strand)
        return strand

    def _layer(self, spec: LayerSpec, strand: _Strand) -> _Strand:
        after = strand.through(spec, spec.output_shape(strand.shape))
        last = 0 if strand.is_main and strand.last < 0 else strand.last  # what is told with a layer
        if spec.kind in NOT_DRAWN:
            return after
        if spec.kind in ACTIVATIONS and last >= 0:
            self.layers[last] = replace(self.layers[last], activation=ACTIVATIONS[spec.kind])
            return after
        if spec.kind == "batchnorm" and last > 0 and not (self.layers[last].activation or self.layers[last].normalised):
            self.layers[last] = replace(self.layers[last], normalised=True)
            return after
        return self._drawn(spec, strand, after)

    def _branches(self, spec: BranchesSpec, strand: _Strand) -> _Strand:
        lanes = [strand.place.lane(number, len(spec.branches)) for number in range(len(spec.branches))]
        forks = [replace(strand, place=lane, is_main=False, last=-1) for lane in lanes]
        ends = [self.chain(branch, fork) for branch, fork in zip(spec.branches, forks, strict=True)]
        met = replace(
            strand,
            reads=tuple(read for end in ends for read in end.reads),
            lanes=tuple(lane.middle for lane, end in zip(lanes, ends, strict=True) for _ in end.reads),
            place=replace(strand.place, column=max(end.place.column for end in ends)),
        )
        return self._drawn(spec, met, strand.through(spec, joined_shape(spec.kind, [end.shape for end in ends])))

    def _drawn(self, spec: LayerSpec, strand: _Strand, after: _Strand) -> _Strand:
        """Add one layer, which reads what the strand says. after: the strand behind it."""
        before, number = self.layers[strand.reads[0]].output_shape, len(self.layers)
        self.layers.append(
            CountedLayer(spec, before, strand.shape, after.shape, strand.place, strand.reads, strand.lanes, after.windows)
        )
        next_place = replace(strand.place, column=strand.place.column + 1)
        return replace(after, reads=(number,), lanes=(strand.place.middle,), place=next_place, last=number)
