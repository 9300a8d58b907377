"""A planted fault, and two ways to make one of an op that is right."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.testing.subject import Subject


@dataclass(frozen=True)
class Fault:
    """A mistake in the function of a subject, and the law that must be broken by it."""

    name: str
    right: Subject
    fn: Callable[..., Any]
    killer: str

    @property
    def subject(self) -> Subject:
        """The subject with the mistake."""
        return replace(self.right, fn=self.fn, label=self.name)


def then(subject: Subject, change: Callable[..., Any]) -> Callable[..., Any]:
    """The op, whose output is then changed: change(z, *operands)."""
    return lambda *xs: change(subject(*xs), *xs)


def of_array(change: Callable[[Any], Any]) -> Callable[..., Any]:
    """A change of the numbers of the output alone."""
    return lambda z, *_: IrrepsArray(z.irreps, change(z.array))
