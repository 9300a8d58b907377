"""A proof that a function commutes with the group: of the traced program itself, without rounding."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from eqlib.testing.arithmetic import double_precision
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.domain import Undecided
from eqlib.testing.exact.field_check import MISS, Checked, check
from eqlib.testing.exact.polynomial_proof import proves
from eqlib.testing.exact.proof import Decision, Proof
from eqlib.testing.exact.refutation import refutation
from eqlib.testing.exact.traced import Traced, trace
from eqlib.testing.integers import with_labels, with_one_alone
from eqlib.testing.one_precision import in_single_precision, why_undecided
from eqlib.testing.parameters import guesses, unmoved
from eqlib.testing.profile import CI
from eqlib.testing.promotion import promoted_where_it_must_be
from eqlib.testing.retracing import AnotherProgram, another_program, differ, retraced
from eqlib.testing.settings import own_settings

METHODS = ("auto", "polynomial", "prime field")


@own_settings()
def prove(
    fn: Any,
    in_: Any,
    out: Any = None,
    *,
    example: tuple[Any, ...] | None = None,
    sizes: Mapping[str, int] | None = None,
    as_plain_arrays: bool | None = None,
    method: str = "auto",
    name: str | None = None,
    seed: int = 0,
) -> Proof:
    """Proves, or refutes, that a function commutes with rotations, inversion, translations and permutations.

    The function is traced once, for inputs of one shape, and its jaxpr is run on exact numbers, with the labels and
    edges of the example, or with random ones, labels 0 to 9, and edges that leave a node alone. Weights are unknowns,
    too: the parameters of a module, as in `check`, and the floating-point arrays among the arguments described by None,
    or by "weights".

    in_, out, example, sizes, as_plain_arrays  as in `eqlib.testing.check`
    method  "polynomial" proves an identity of polynomials, for all inputs, weights and elements of the group;
            "prime field" checks it at random points of finite fields, and takes functions that are no polynomials;
            "auto" proves if it can, and else checks

    Law:    the verdict is proved or checked exactly only if f(g x) = g f(x), in real arithmetic. See Proof for the
            others, and `Proof.trusted` for what they rest on.
    Shape:  fields [*sets, irreps], for one sample.
    Raises: ValueError if there is no such method; IrrepsError or LayoutError if the descriptions do not fit the
            function; what the function raises.
    Source: Schwartz (1980), Zippel (1979), for the probability that a wrong program passes.
    Example:
        >>> import eqlib
        >>> prove(eqlib.cross, ("1o", "1o")).verdict
        <Decision.PROVED: 'proved'>
        >>> import jax.numpy as jnp
        >>> prove(lambda x: x + 1e-9 * jnp.abs(x), "1o", "1o").verdict
        <Decision.REFUTED: 'refuted'>
    """
    if method not in METHODS:
        raise ValueError(f"prove: there is no method {method!r}.\n  Write one of {', '.join(map(repr, METHODS))}.")
    options: Any = {"example": example, "sizes": sizes, "as_plain_arrays": as_plain_arrays, "name": name, "seed": seed}
    with promoted_where_it_must_be(fn, in_, out, **options) as promoted:
        try:
            with double_precision():
                return _proof(fn, in_, out, method, options, promoted)
        except Exception:
            if (found := in_single_precision(fn, in_, out, **options)) is None:
                raise
            made, error = found
            return Proof(made.name, str(made), Decision.NOT_DECIDED, lines=why_undecided(error, np.float64))


def _proof(fn: Any, in_: Any, out: Any, method: str, options: Mapping[str, Any], promoted: tuple[str, ...]) -> Proof:
    """A function of its own, so that at the end of double precision nothing refers to the traced program."""
    traced = trace(fn, in_, out, **options)
    verdict, miss, lines, notes = _decide(traced, method, options["seed"])
    notes = [*notes, *unmoved(fn), *promoted]
    if verdict is Decision.REFUTED:
        notes = [*notes, *guesses(fn)]
    return Proof(traced.program.name, str(traced.program), verdict, miss, tuple(lines), tuple(notes))


def _decide(traced: Traced, method: str, seed: int) -> tuple[Decision, float, list[str], list[str]]:
    if not traced.program.traced:
        why = f"JAX cannot trace the function ({traced.program.untraced}), so that there is no program to prove."
        return Decision.NOT_DECIDED, 0.0, [why, "Write check in the place of prove: it tests what can only be run."], []
    if (where := _where_it_changes(traced)) is not None:
        return Decision.NOT_DECIDED, 0.0, list(another_program(where)), []
    reading = Reading()
    try:
        checked = check(traced, reading, seed)
    except Undecided as problem:
        return Decision.NOT_DECIDED, 0.0, [str(problem)], []
    if checked.broken:
        return refutation(checked, reading)
    if all(checked.idle):
        why = "no output moves with the inputs: it satisfies every law, and that says nothing."
        return Decision.VACUOUS, 0.0, [why], []
    others, refused = _with_other_integers(traced, reading, seed)
    for words, other in others.items():
        if other.broken:
            verdict, miss, lines, notes = refutation(other, reading)
            return verdict, miss, [f"in:     {words}", *lines], notes
    miss = max(one.miss for one in (checked, *others.values()))
    if miss > MISS:
        why = f"it holds wherever it was tried, and a wrong program might with probability {miss:.0e}"
        smaller = "Prove one round of its loop, or one layer: with each more, the degree rises on which that rests."
        if traced.program.sizes:
            smaller = "Give it fewer nodes and edges, by `sizes` or `example`."
        return Decision.NOT_DECIDED, 0.0, [f"{why}.", smaller], []
    notes = [*_notes(checked, reading), *refused]
    if others:
        notes.append(f"labels and edges are those that were drawn, and {', '.join(others)}")
    if method != "prime field":
        try:
            if proves(traced, reading):
                return Decision.PROVED, 0.0, [], [*notes, *_not_proved(others, reading)]
        except Undecided as problem:
            if method == "polynomial":
                return Decision.NOT_DECIDED, 0.0, [str(problem)], notes
    return Decision.CHECKED_EXACTLY, miss, [], notes


def _with_other_integers(traced: Traced, reading: Reading, seed: int) -> tuple[dict[str, Checked], list[str]]:
    """What it comes to with other labels and edges, where none are given; notes on those without a rule."""
    operands, arrays = traced.operands, traced.program.arrays
    found, notes = dict[str, Checked](), list[str]()
    for words, other in (with_labels(operands, arrays, CI.labels) | with_one_alone(operands, arrays)).items():
        try:
            found[words] = check(traced.with_arrays(other), reading, seed)
        except Undecided as problem:
            notes.append(f"{words} were not tried: {problem}")
    return found, notes


def _not_proved(others: Mapping[str, Checked], reading: Reading) -> Iterator[str]:
    """A note for each of the labels and edges with which the program is checked exactly, and is no identity."""
    for words, other in others.items():
        try:
            proved, why = proves(other.point.traced, reading), "no identity of polynomials"
        except Undecided as problem:
            proved, why = False, str(problem)
        if not proved:
            yield f"with {words} it is checked exactly, and not proved: {why}"


def _where_it_changes(traced: Traced) -> str | None:
    """Where two traces differ; None if they do not."""
    if traced.raised:
        return traced.raised
    try:
        return differ(traced.jaxpr, retraced(traced.again))
    except AnotherProgram as error:
        return str(error)


def _notes(checked: Checked, reading: Reading) -> list[str]:
    outputs = checked.point.traced.outputs
    idle = [
        f"the output {path}{one} does not move"
        for (path, one), still in zip(outputs, checked.idle, strict=True)
        if still
    ]
    return idle + reading.misprints()
