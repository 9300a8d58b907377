"""The verdict on an equivariance: what a comparison of f(g x) with g f(x) shows, and what it cannot show."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np

from eqlib.testing.report import Verdict


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Outputs that were compared, and what that shows. The numbers are relative to the largest component of the output.

    name     the transformation and the output that were compared
    error    the worst difference between f(g x) and g f(x)
    bound    the rounding that is allowed for
    motion   the worst difference between outputs for inputs that must not give the same output
    """

    name: str
    error: float
    bound: float
    motion: float

    @property
    def verdict(self) -> Verdict:
        """A difference within the bound says nothing of an output that never moves by more than the bound."""
        if not (np.isfinite(self.error) and np.isfinite(self.motion)):
            return Verdict.NON_FINITE
        if self.error > self.bound:
            return Verdict.NOT_EQUIVARIANT
        return Verdict.OK if self.motion > self.bound else Verdict.VACUOUS

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict}, worst error {self.error:.1e} (bound {self.bound:.1e})"


def compare(name: str, got: Any, want: Any, ulps: float) -> Comparison:
    """Compares outputs for samples that must differ: `got` is f(g x) and `want` is g f(x), of every sample x.

    Two samples with the same output, for all samples there are, make it vacuous; so give at least two, drawn
    such that the true function moves.

    Shape:  [samples, ...], [samples, ...].
    Scale:  the bound is `ulps` roundings, in the dtype of `got`, of the largest component of `want`.
    Raises: ValueError if the shapes differ, or if there are fewer than two samples or no components.
    Example:
        >>> x = np.array([[1.0, 2.0], [3.0, 5.0]])
        >>> print(compare("flip, sum", x[:, ::-1].sum(axis=1), x.sum(axis=1), ulps=10))
        flip, sum: ok, worst error 0.0e+00 (bound 2.2e-15)
        >>> print(compare("flip, first", x[:, ::-1][:, 0], x[:, 0], ulps=10).verdict)
        not equivariant
        >>> print(compare("flip, zero", np.zeros(2), np.zeros(2), ulps=10).verdict)
        vacuous
    """
    got, want = np.asarray(got), np.asarray(want)
    if got.shape != want.shape:
        raise ValueError(f"{name}: cannot compare outputs of shapes {got.shape} and {want.shape}.")
    if len(got) < 2 or not got.size:
        raise ValueError(f"{name}: outputs of shape {got.shape} cannot show whether they move: give two samples.")
    size = np.max(np.abs(want))
    # Outputs that are all zero have no size of their own, and their differences stand as they are.
    scale = size if size > 0 else 1.0
    error, motion = np.max(np.abs(got - want)) / scale, np.max(np.abs(want - want[:1])) / scale
    return Comparison(name, float(error), float(ulps * np.finfo(got.dtype).eps), float(motion))


def overall(comparisons: Iterable[Comparison]) -> Comparison:
    """The one with the worst verdict; of several, that with the greatest error for its bound.

    Raises: ValueError if there is none, for that shows nothing.
    """
    found = list(comparisons)
    if not found:
        raise ValueError("no comparisons: nothing was compared.")
    order = list(Verdict)
    return max(found, key=lambda c: (order.index(c.verdict), c.error / c.bound))
