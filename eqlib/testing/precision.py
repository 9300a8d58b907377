"""Operations of a program that lose digits by intent: narrow dtypes, and products at reduced precision."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax.extend.core import Jaxpr

from eqlib.gates.figures import equations
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.source import line_of
from eqlib.testing.symmetries import Runner

# What bfloat16 loses in a few operations, relative to the size of the output.
_NARROWEST = 2.0**-5


class Narrow(NamedTuple):
    """An operation that rounds to fewer digits than its operands have; `is_open` if that depends on the device."""

    what: str
    where: str
    is_open: bool = False

    def __str__(self) -> str:
        return f"{self.what} at {self.where}"


def narrow_operations(runner: Runner) -> list[Narrow]:
    """The operations that are narrow when the program runs in the dtype of the runner, in the order of the program."""
    if not runner.program.traced:
        return []
    return list(dict.fromkeys(_narrow(runner.program.traced_in(runner.dtype).jaxpr.jaxpr)))


def explain(
    findings: Sequence[Finding], narrow: Sequence[Narrow], breaks_widened: Callable[[Finding], bool | None]
) -> tuple[list[Finding], list[str]]:
    """Where a law is broken only since an operation is narrow, that is the fault.

    Where that cannot be told, it is if no more is broken than the operation may; so it is in other precisions than
    float64, unless digits are the fault of that law there.

    A product of open precision loses no digits of float64; so it is no reason for a law that is broken there too.

    breaks_widened   whether the law of a finding is broken although nothing is narrow, if that can be told

    Returns the findings, and notes about narrow operations that did no harm here.
    """
    narrow = list(dict.fromkeys(narrow))
    lossy, open_ = [n for n in narrow if not n.is_open], [n for n in narrow if n.is_open]
    broken = {f.law for f in findings if f.verdict is Verdict.NOT_EQUIVARIANT and f.mode == "float64"}
    explained, by_digits = [], set[str]()
    for f in findings:
        small = f.bound * f.error < _NARROWEST if f.bound else f.law in ("gradient", "derivative")
        blamed = [*lossy, *([] if f.mode == "float64" or f.law in broken else open_)]
        may_be = small or f.mode == "float64" or f.law in by_digits
        if f.verdict is Verdict.NOT_EQUIVARIANT and blamed and may_be and _is_explained(f, small, breaks_widened):
            by_digits |= {f.law} if f.mode == "float64" else set()
            f = dataclasses.replace(f, law="precision", witness=(*f.witness, *_blame(f, blamed[0])))
        explained.append(f)
    notes = [f"digits are lost by {_listed(lossy)}"] if lossy else []
    if open_:
        notes.append(f"{_listed(open_)}, which a device may round to TF32")
    return explained, notes


def _is_explained(f: Finding, small: bool, breaks_widened: Callable[[Finding], bool | None]) -> bool:
    breaks = breaks_widened(f)
    return small if breaks is None else not breaks


def _blame(f: Finding, narrow: Narrow) -> tuple[str, ...]:
    """What loses digits; if that may be so by design, how that is said."""
    what = f"digits are lost by {narrow}"
    if f.mode != "float64" or not narrow.what.endswith("float32"):
        return (what,)
    return (what, 'If it computes in float32 by design, write computes_in="float32".')


def _listed(narrow: Sequence[Narrow]) -> str:
    more = f" and {len(narrow) - 1} more" if len(narrow) > 1 else ""
    return f"{narrow[0]}{more}"


def _narrow(jaxpr: Jaxpr) -> Iterator[Narrow]:
    for eqn in equations(jaxpr):
        name = eqn.primitive.name
        if name == "convert_element_type" and 0 < _bits(eqn.outvars[0].aval) < _bits(eqn.invars[0].aval):
            yield Narrow(f"a conversion to {eqn.outvars[0].aval.dtype}", line_of(eqn))
        if name == "reduce_precision":
            yield Narrow(f"a rounding to {eqn.params['mantissa_bits']} bits", line_of(eqn))
        if name not in ("dot_general", "conv_general_dilated"):
            continue
        if 0 < _bits(eqn.outvars[0].aval) < max(_bits(v.aval) for v in eqn.invars):  # its preferred_element_type
            yield Narrow(f"a product accumulated in {eqn.outvars[0].aval.dtype}", line_of(eqn))
        elif _bits(eqn.outvars[0].aval) == 32:
            precision = str(eqn.params.get("precision"))
            if "TF32" in precision or "F16" in precision:
                yield Narrow(f"a product in {precision}", line_of(eqn))
            elif "HIGHEST" not in precision and "F32_F32" not in precision:
                yield Narrow("a product of open precision", line_of(eqn), is_open=True)


def _bits(aval: Any) -> int:
    """The width of a floating dtype, and 0 for any other, which is not rounded."""
    return jnp.finfo(aval.dtype).bits if jnp.issubdtype(aval.dtype, jnp.floating) else 0
