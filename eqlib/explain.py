"""Says why two representations do not fit together, and what to write instead."""

from collections.abc import Callable, Sequence

from eqlib.errors import IrrepsError, LayoutError
from eqlib.o3 import Irreps

SIDE_BY_SIDE = "To keep both side by side: concatenate([x, y])."


def mismatch(
    what: str, left: Irreps, right: Irreps, rewrite: Callable[[str, str], str], otherwise: str = SIDE_BY_SIDE
) -> IrrepsError:
    """The error for operands whose irreps had to be equal.

    `what` says what cannot be done, `rewrite` puts two expressions where the user wrote x and y, and `otherwise` says
    what to do with representations that no rewriting makes equal.

    Example:
        >>> error = mismatch("cannot add 1x1o and 1x1e", Irreps("1o"), Irreps("1e"), lambda x, y: f"{x} + {y}")
        >>> print(error)
        cannot add 1x1o and 1x1e: they differ only in parity: an inversion changes the sign of one and not of the other.
          To keep both side by side: concatenate([x, y]).
    """
    if left.simplify() == right.simplify():
        return IrrepsError(
            f"{what}: the same representation, cut into different segments.\n"
            f"  Write {rewrite('x.simplify()', 'y.simplify()')}."
        )
    if left.regroup() == right.regroup():
        return IrrepsError(
            f"{what}: the same representation in a different order.\n  Write {rewrite('x.regroup()', 'y.regroup()')}."
        )
    return IrrepsError(f"{what}: {difference(left, right)}.\n  {otherwise}")


def difference(left: Irreps, right: Irreps) -> str:
    """In which way two representations differ, in terms of the group.

    Example:
        >>> difference(Irreps("2x0e+1o"), Irreps("2x0e+1e"))
        'they differ only in parity: an inversion changes the sign of one and not of the other'
        >>> difference(Irreps("2x0e"), Irreps("3x0e"))
        'they differ in multiplicity: 2 and 3 copies of 0e'
        >>> difference(Irreps("1o"), Irreps("2e"))
        'they are different representations: only the first has 1x1o, only the second has 1x2e'
    """
    if _degrees(left) == _degrees(right):
        return "they differ only in parity: an inversion changes the sign of one and not of the other"
    irreps = sorted({ir for _, ir in left + right if left.count(ir) != right.count(ir)})
    shared = [ir for ir in irreps if left.count(ir) and right.count(ir)]
    if shared == irreps:
        copies = ", ".join(f"{left.count(ir)} and {right.count(ir)} copies of {ir}" for ir in irreps)
        return f"they differ in multiplicity: {copies}"
    parts = []
    for name, mine, other in (("first", left, right), ("second", right, left)):
        excess = [(mine.count(ir) - other.count(ir), ir) for ir in irreps if mine.count(ir) > other.count(ir)]
        if excess:
            parts.append(f"only the {name} has {Irreps(excess)}")
    return f"they are different representations: {', '.join(parts)}"


def _degrees(irreps: Irreps) -> list[int]:
    return sorted(irreps.remove_zero_multiplicities().ls)


def leading_axes_mismatch(what: str, shapes: Sequence[tuple[int, ...]]) -> LayoutError:
    """The error for operands whose leading axes do not broadcast."""
    return LayoutError(
        f"{what}: the leading axes {' and '.join(map(str, shapes))} do not broadcast.\n"
        "  Counted from the right, axes must be equal or 1: x[:, None] inserts an axis."
    )


def one_per_segment(name: str, given: int, segments: int, otherwise: str) -> str:
    """Code for a list that has one entry for each segment: None for what is missing, nothing for what is too much.

    `otherwise` says, after the code, what becomes of the segments that have None.

    Example:
        >>> one_per_segment("chunks", 1, 3, ", with zeros in the last"), one_per_segment("chunks", 3, 2, "")
        ('[*chunks, None, None], with zeros in the last', 'chunks[:2]')
    """
    missing = segments - given
    return f"[*{name}{', None' * missing}]{otherwise}" if missing > 0 else f"{name}[:{segments}]"
