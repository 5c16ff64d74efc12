"""A search for the kernel by hand, by gradient descent or by least squares: what each step of the animation shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..numbers import write, write_factor
from .case import SIDE, Case, Descent, Solution

MOST_TERMS = 9
SOLVED = 1e-4  # loss below which the case is solved
ROUNDING = 1e-9  # relative: numbers nearer than that are the same, here and in WebAssembly, which adds in another order


@dataclass(frozen=True)
class Search:
    """T steps. cell: the output cell that a step looks at, or −1."""

    kernels: np.ndarray  # (T, 3, 3)
    outputs: np.ndarray  # (T, oH, oW)
    gradients: np.ndarray  # (T, 3, 3)
    losses: np.ndarray  # (T,)
    cells: np.ndarray  # (T,)
    sentences: Sequence[str]
    note: str = ""


def by_hand(case: Case, kernel: np.ndarray) -> Search:
    """One step a cell of the output: how far it is from the target."""
    output, T = case.outputs(kernel[None])[0], case.target.size
    loss, gradient = case.loss(output), case.gradient(kernel, output)
    end = f"loss = ½ × mean of the {T} squares = {write(loss)}" + (": the case is solved" if loss < SOLVED else "")
    sentences = []
    for (r, c), difference in np.ndenumerate(output - case.target):
        numbers = f"{write(output[r, c])} − {write_factor(float(case.target[r, c]))} = {write(float(difference))}"
        sentences.append(f"difference[{r}, {c}] = {numbers}, squared {write(float(difference**2))}; {end}")
    note = "Change your kernel until every difference is 0. The gradient says in which direction the loss grows."
    kernels, outputs, gradients = (np.repeat(one[None], T, axis=0) for one in (kernel, output, gradient))
    return Search(kernels, outputs, gradients, np.full(T, loss), np.arange(T), sentences, note)


def by_descent(case: Case, start: np.ndarray, learning_rate: float, steps: int) -> Search:
    """One step an update of all nine weights."""
    descent = case.descend(start, learning_rate, steps)
    sentences = [_step(descent, t, learning_rate) for t in range(len(descent.losses))]
    limit = write(float(f"{case.largest_rate():.2g}"))
    note = f"On this image, descent goes down only for learning rates below {limit} = 2 / the largest curvature of the loss."
    if descent.diverged:
        sentences[-1] += f". The next step's loss is above 1,000,000: it diverged. Try a learning rate below {limit}"
    cells = np.full(len(sentences), -1)
    return Search(descent.kernels, case.outputs(descent.kernels), descent.gradients, descent.losses, cells, sentences, note)


def written_loss(loss: float, first: float) -> str:
    """A loss as a text. What only rounding left of the first one has no digits that are right."""
    return "0 up to rounding" if loss < ROUNDING**2 * first else write(loss)


def _step(descent: Descent, t: int, learning_rate: float) -> str:
    """The weight that moves most, as a sum; then the loss."""
    if t == 0:
        return f"loss = ½ × mean of the squares = {write(float(descent.losses[0]))}, where descent starts"
    gradient = descent.gradients[t - 1]
    sizes = np.abs(gradient)
    largest = int(np.argmax(sizes >= (1 - ROUNDING) * sizes.max()))  # of equals the first, whatever rounding says
    row, column = np.unravel_index(largest, gradient.shape)
    before, after = (write(float(descent.kernels[n][row, column])) for n in (t - 1, t))
    change = f"{write(learning_rate)}×{write_factor(float(gradient[row, column]))}"
    was, now = (written_loss(float(descent.losses[n]), float(descent.losses[0])) for n in (t - 1, t))
    solved = ": the case is solved" if descent.losses[t] < SOLVED else ""
    return f"θ{row + 1}{column + 1} = {before} − {change} = {after}, and all nine likewise; loss {was} → {now}{solved}"


def by_least_squares(case: Case, guess: np.ndarray) -> Search:
    """One equation a cell of the target, then all of them solved at once."""
    rows, targets, solution = case.equations(), case.target.ravel(), case.least_squares()
    kernels = np.concatenate([np.repeat(guess[None], len(rows), axis=0), solution.kernel[None]])
    outputs = case.outputs(kernels[[0, -1]])
    losses = [case.loss(one) for one in outputs]
    gradients = [case.gradient(kernels[n], outputs[n]) for n in (0, -1)]
    which = [0] * len(rows) + [1]
    sentences = [_equation(case, n, row, float(target)) for n, (row, target) in enumerate(zip(rows, targets, strict=True))]
    sentences.append(_solution(len(rows), solution, losses[1]))
    cells = np.append(np.arange(len(rows)), -1)
    undetermined = f": {_undetermined(solution)}" if solution.rank < SIDE**2 else ""
    note = f"{len(rows)} equations, 9 unknown weights, rank {solution.rank}{undetermined}."
    return Search(kernels, outputs[which], np.array(gradients)[which], np.array(losses)[which], cells, sentences, note)


def _equation(case: Case, n: int, row: np.ndarray, target: float) -> str:
    terms = [f"{write(pixel)}×θ{k // SIDE + 1}{k % SIDE + 1}" for k, pixel in enumerate(row.tolist()) if pixel]
    r, c = divmod(n, case.target.shape[1])
    return f"Equation {n + 1}, target[{r}, {c}]: {' + '.join(terms) or '0'} = {write(target)}"


def _solution(count: int, solution: Solution, loss: float) -> str:
    rows = "; ".join(", ".join(write(round(weight, 6) + 0.0) for weight in row) for row in solution.kernel.tolist())
    how = "solved" if solution.rank == SIDE**2 else f"solved, with rank {solution.rank} of 9"
    return f"All {count} equations {how} by least squares: θ = {rows}; loss = {write(round(loss, 9))}"


def _undetermined(solution: Solution) -> str:
    missing = SIDE**2 - solution.rank
    many = f"{missing} combinations of weights leave" if missing > 1 else "one combination of weights leaves"
    return f"{many} no trace in this image, so other kernels make the same feature map; least squares takes the smallest"
