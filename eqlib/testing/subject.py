"""What a law is tried on: an op, the irreps of its operands, its specification, and inputs for them."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Real, Shaped
from eqlib.arrays.create import as_irreps_array
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.o3 import Irreps
from eqlib.testing.effort import jit_with_default_effort


@dataclass(frozen=True)
class Subject:
    """An op with operands of given irreps, as the conformance suite sees it.

    op        the public name of the op
    fn        a function of IrrepsArrays, one per entry of `operands`
    operands  the irreps of each operand; what has no geometry (a weight, a distance) is given as scalars
    spec      the executable specification: (irreps1, x, irreps2, y, ...) -> (irreps, z) on one sample
    label     tells subjects of one op apart
    edges     further operands, at the edges of what the op takes: nothing, zero multiplicities
    sample    the leading shape that one sample has; () for an op that acts on each sample alone
    degrees   the degree of homogeneity in each operand, where there is one
    """

    op: str
    fn: Callable[..., Any]
    operands: tuple[str, ...]
    spec: Callable[..., tuple[Any, Shaped[np.ndarray, "..."]]]
    label: str = ""
    edges: tuple[tuple[str, ...], ...] = ()
    sample: tuple[int, ...] = ()
    degrees: tuple[int, ...] | None = None

    def __str__(self) -> str:
        return "-".join(filter(None, (self.op, self.label)))

    def __call__(self, *operands: IrrepsArray) -> IrrepsArray:
        """Calls the op; a plain array is read as scalars."""
        return as_irreps_array(self.fn(*operands))

    @functools.cached_property
    def batched(self) -> Callable[..., Any]:
        """The op mapped over a batch, and compiled once for all laws; what it rounds is rounded to its dtype."""
        return jit_with_default_effort(jax.vmap(self), xla_allow_excess_precision=False)

    @functools.cached_property
    def compiled(self) -> Callable[..., Any]:
        """The op on one sample, compiled once for all laws about the numbers that a user gets."""
        return jit_with_default_effort(self)

    def at_edges(self) -> list["Subject"]:
        """The same op on each of its edge operands."""
        return [replace(self, operands=edge, edges=(), label=f"{self.label}{edge}") for edge in self.edges]

    def draw(self, leading: Sequence[int] = (), seed: int = 0, dtype: Any = np.float64) -> list[IrrepsArray]:
        """Independent normal operands of shape [leading, sample, irreps]."""
        rng = np.random.default_rng(seed)
        shape = (*leading, *self.sample)
        return [self._wrap(irreps, rng.normal(size=(*shape, Irreps(irreps).dim)), dtype) for irreps in self.operands]

    def adversities(self) -> dict[str, list[IrrepsArray]]:
        """Operands that break careless code: zeros, single components, equal copies, other scales, the axes."""
        found = {"normal": self.draw(), "tiny": self._scaled(2.0**-40), "large": self._scaled(2.0**20)}
        zero = [x * 0.0 for x in self.draw()]
        found["zero"] = zero
        for n, x in enumerate(self.draw()):
            found[f"zero operand {n}"] = [x * 0.0 if m == n else y for m, y in enumerate(self.draw())]
            hot = np.zeros(x.shape)
            hot[..., -1:] = 1.0
            found[f"one component of operand {n}"] = [
                self._wrap(x.irreps, hot, np.float64) if m == n else y for m, y in enumerate(self.draw())
            ]
        found["all ones"] = [self._wrap(i, np.ones((*self.sample, Irreps(i).dim)), np.float64) for i in self.operands]
        return found

    def _scaled(self, factor: float) -> list[IrrepsArray]:
        return [x * factor for x in self.draw(seed=1)]

    def _wrap(self, irreps: str | Irreps, values: Real[np.ndarray, "..."], dtype: Any) -> IrrepsArray:
        return IrrepsArray(Irreps(irreps), jnp.asarray(values, dtype))
