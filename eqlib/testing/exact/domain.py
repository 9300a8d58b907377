"""What the interpreter asks of numbers, whatever they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import jax
import numpy as np

from eqlib.array_types import Bool, Integer, Shaped
from eqlib.testing.exact.degree import Degree, largest


class Undecided(Exception):
    """The interpreter met what it has no rule for; `reason` says what, `where` the source line, once it is known."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{reason}, at {where}" if where else reason)
        self.reason, self.where = reason, where


@dataclass(frozen=True)
class Value:
    """An array of exact numbers that depend on the inputs, [slot, *shape], and a bound on their degree in them.

    Each slot is a computation of its own; all slots follow the same program.
    """

    data: Shaped[np.ndarray, " slot *shape"]
    degree: Degree

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array in the program."""
        return self.data.shape[1:]

    def moved(self, data: Shaped[np.ndarray, " slot *shape"]) -> "Value":
        """Other entries of the same degree."""
        return replace(self, data=data)


Operand = Value | np.ndarray | jax.Array  # what depends on the inputs, or what is known


@runtime_checkable
class Domain(Protocol):
    """Exact numbers. Arrays broadcast as in NumPy.

    A method that a domain cannot have raises Undecided.
    """

    slots: int

    def lift(self, array: Shaped[np.ndarray, "..."]) -> Value:
        """The exact numbers that constants of a program stand for."""
        ...

    def exact(self, numbers: Sequence[Any]) -> Shaped[np.ndarray, "slot number"]:
        """Numbers that are known exactly, [slot, number]."""
        ...

    def add(self, a: Value, b: Value) -> Value: ...

    def mul(self, a: Value, b: Value) -> Value: ...

    def neg(self, a: Value) -> Value: ...

    def sum(self, a: Value, axes: Sequence[int]) -> Value: ...

    def scatter_add(self, a: Value, targets: Integer[np.ndarray, "..."], updates: Value) -> Value:
        """`a` with each update added to the entry of the flat array that `targets` numbers; -1 drops it."""
        ...

    def matmul(self, a: Value, b: Value) -> Value:
        """[..., m, k] times [..., k, n]."""
        ...

    def inverse(self, a: Value) -> Value: ...

    def root(self, a: Value) -> Value:
        """The square root, of which only root(s)^2 = s and root(s k^2) = root(s) |k| are known."""
        ...

    def sign(self, a: Value) -> Value:
        """An unknown odd function that is 0 at 0, in the place of -1, 0 and 1."""
        ...

    def function(self, name: str, *arguments: Value) -> Value:
        """An unknown function: the same number for the same arguments."""
        ...

    def ranks(self, a: Value) -> Integer[np.ndarray, "..."]:
        """Integers by which to order the entries, the same for the same numbers."""
        ...

    def choose(self, a: Value, axes: Sequence[int], *, least: bool = False) -> Value:
        """The last of the entries along the axes in the order of their ranks, or the first."""
        ...

    def equal(self, a: Value, b: Value) -> Bool[np.ndarray, "..."]:
        """Where two arrays agree as functions of the inputs."""
        ...


def subtract(domain: Domain, a: Value, b: Value) -> Value:
    """a - b."""
    return domain.add(a, domain.neg(b))


def constant(domain: Domain, number: Any) -> Value:
    """A scalar constant."""
    return domain.lift(np.asarray(number, np.float64))


def together(values: Sequence[Value], data: Shaped[np.ndarray, "slot ..."]) -> Value:
    """Entries that come from several arrays."""
    return Value(data, largest([v.degree for v in values]))
