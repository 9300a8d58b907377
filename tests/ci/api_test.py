"""The law of the record: a changed default, a new name and a lost method each show as a difference."""

from ci.api import difference, surface
from tests.ci.docs_test import module_with


def listing(default: int, *, method: bool = True) -> str:
    def gate(x: float, *, slope: float = default) -> float:
        """Opens."""
        return x * slope

    class Arithmetic:
        def sum(self) -> float: ...

    class Array(Arithmetic):
        """Holds."""

        def __init__(self, x: float) -> None:
            self.x = x

        @property
        def shape(self) -> tuple[int, ...]:
            """The lengths of the axes."""
            return ()

    Arithmetic.__module__ = "house"
    if method:
        Array.astype = lambda self, dtype: self
    return "\n".join(surface(module_with(gate=gate, Array=Array)))


def test_signatures_and_members_are_listed() -> None:
    assert listing(1).splitlines() == [
        "Array(x)",
        "Array.astype(self, dtype)",
        "Array.shape",
        "Array.sum(self)",
        "gate(x, *, slope=1)",
    ]


def test_a_change_is_a_difference() -> None:
    assert difference(listing(1), listing(1)) == []
    assert "+gate(x, *, slope=2)" in difference(listing(1), listing(2))
    assert "-Array.astype(self, dtype)" in difference(listing(1), listing(1, method=False))
