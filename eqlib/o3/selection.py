"""Which segments of an Irreps a filter keeps."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from eqlib.o3.irrep import Irrep, MulIrrep
from eqlib.o3.parsing import parse_irreps

Predicate = Callable[[MulIrrep], bool]


def selector(keep: Any = None, drop: Any = None, lmax: int | None = None) -> Predicate:
    """The predicate of a filter: what to `keep`, or what to `drop`, or the largest degree; all if none is given.

    Raises:  ValueError if more than one of the three is given, or what is given names no irreps.
    """
    given = [name for name, value in (("keep", keep), ("drop", drop), ("lmax", lmax)) if value is not None]
    if len(given) > 1:
        raise ValueError(
            f"Cannot specify both {given[0]} and {given[1]}: a filter has one criterion; "
            f"write .filter({given[0]}=...).filter({given[1]}=...)."
        )
    if keep is not None:
        return _matcher("keep", keep)
    if drop is not None:
        dropped = _matcher("drop", drop)
        return lambda mul_ir: not dropped(mul_ir)
    return lambda mul_ir: lmax is None or mul_ir.ir.l <= lmax


def _matcher(name: str, spec: Any) -> Predicate:
    """`spec` is a predicate on (mul, ir), or irreps in any notation, whose multiplicities do not matter."""
    if callable(spec):
        return lambda mul_ir: bool(spec(mul_ir))
    if isinstance(spec, str):
        chosen = {Irrep(label) for _, label in parse_irreps(spec)}
    elif isinstance(spec, Irrep | MulIrrep):
        chosen = {Irrep(spec)}
    elif not isinstance(spec, Iterable):
        raise ValueError(
            f"filter: {name}={spec!r} names no irreps, and is no predicate on (mul, ir).\n"
            f"  Write .filter({name}='0e + 1o') for irreps, .filter(lmax=2) for degrees."
        )
    else:
        chosen = {Irrep(ir) for ir in cast(Iterable[object], spec)}
    return lambda mul_ir: mul_ir.ir in chosen
