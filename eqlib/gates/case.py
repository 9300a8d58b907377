"""A function that a gate measures, with inputs to compile it for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eqlib.gates.passes import PASSES


@dataclass(frozen=True)
class Case:
    """A named function, and what it is compiled for: arrays, or their shapes, in any pytree that JAX knows.

    `passes` are those that are measured: forward, gradient, second gradient.
    """

    name: str
    function: Callable[..., Any]
    inputs: tuple[Any, ...]
    passes: tuple[str, ...] = PASSES

    @property
    def programs(self) -> dict[str, str]:
        """The passes, by what they are called in a record."""
        return {f"{self.name}, {kind}": kind for kind in self.passes}
