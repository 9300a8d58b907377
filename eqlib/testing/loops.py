"""Loops that do not end: nothing stops a `while_loop` of JAX from outside, so its rounds are counted as it runs."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

from eqlib.testing.effort import in_background
from eqlib.testing.inlined import closed, inlined, of_call
from eqlib.testing.scans import scanned
from eqlib.testing.source import line_of

# A loop that runs longer is taken for one without an end; it takes a second or so to see that.
ROUNDS = 2**18


class EndlessLoop(Exception):
    """A loop had not ended after ROUNDS rounds; the message says where it is."""


def counted(traced: jax.stages.Traced, arrays: Sequence[Any]) -> Callable[..., Sequence[Any]]:
    """The function, compiled for arrays like these, which raises EndlessLoop where one of its loops does not end."""
    program = traced.jaxpr
    loops = list(_loops(program.jaxpr))
    if not loops:
        return in_background(traced.lower())
    where = f"the loop at {line_of(loops[0])}" if len(loops) == 1 else f"one of {len(loops)} loops"
    # The results, and how many rounds the longest loop made, which is stopped after ROUNDS.
    compiled = in_background(jax.jit(lambda *xs: _run(program, xs, jnp.int32(0))).lower(*arrays))

    def run(*xs: Any) -> Sequence[Any]:
        results, longest = compiled(*xs)
        if longest >= ROUNDS:
            raise EndlessLoop(f"{where} has not ended after {ROUNDS} rounds")
        return results

    return run


def _run(program: ClosedJaxpr, inputs: Sequence[Any], longest: Any) -> tuple[list[Any], Any]:
    jaxpr = program.jaxpr
    known = dict(zip(jaxpr.constvars, program.consts, strict=True)) | dict(zip(jaxpr.invars, inputs, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, Literal) else known[atom]

    for eqn in jaxpr.eqns:
        results, longest = _equation(eqn, [read(atom) for atom in eqn.invars], longest)
        known |= dict(zip(eqn.outvars, results, strict=True))
    return [read(atom) for atom in jaxpr.outvars], longest


def _equation(eqn: Any, inputs: list[Any], longest: Any) -> tuple[Sequence[Any], Any]:
    """An equation with loops in it counts their rounds; any other runs as it is."""
    if next(_loops_of(eqn), None) is not None:
        if eqn.primitive.name in _COUNTED:
            return _COUNTED[eqn.primitive.name](eqn.params, inputs, longest)
        if (inner := inlined(eqn, inputs)) is not None:
            return _run(*inner, longest)
    elif (inner := of_call(eqn, inputs)) is not None:
        return _run(*inner, longest)
    results = eqn.primitive.bind(*inputs, **eqn.params)
    return (results if eqn.primitive.multiple_results else [results]), longest


def _while(params: dict[str, Any], inputs: list[Any], longest: Any) -> tuple[list[Any], Any]:
    of_condition, of_body = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]

    def goes_on(state: Any) -> Any:
        carry, rounds, longest = state
        ((condition,), _) = _run(params["cond_jaxpr"], [*inputs[:of_condition], *carry], longest)
        return condition & (jnp.maximum(rounds, longest) < ROUNDS)

    def step(state: Any) -> Any:
        carry, rounds, longest = state
        carry, longest = _run(params["body_jaxpr"], [*inputs[of_condition:of_body], *carry], longest)
        return carry, rounds + 1, longest

    carry, rounds, longest = jax.lax.while_loop(goes_on, step, (inputs[of_body:], jnp.int32(0), longest))
    return carry, jnp.maximum(rounds, longest)


def _scan(params: dict[str, Any], inputs: list[Any], longest: Any) -> tuple[list[Any], Any]:
    consts, carry, xs = scanned(params, inputs)

    def step(state: Any, x: Any) -> Any:
        out, longest = _run(closed(params["jaxpr"]), [*consts, *state[0], *x], state[1])
        return (out[: len(carry)], longest), out[len(carry) :]

    (last, longest), stacked = jax.lax.scan(
        step, (carry, longest), xs, length=params["length"], reverse=params["reverse"]
    )
    return [*last, *stacked], longest


def _cond(params: dict[str, Any], inputs: list[Any], longest: Any) -> tuple[list[Any], Any]:
    index, *operands = inputs
    branches = [lambda longest, *xs, branch=branch: _run(closed(branch), xs, longest) for branch in params["branches"]]
    return jax.lax.switch(index, branches, longest, *operands)


_COUNTED = {"while": _while, "scan": _scan, "cond": _cond}


def _loops(jaxpr: Jaxpr) -> Iterator[Any]:
    for eqn in jaxpr.eqns:
        yield from _loops_of(eqn)


def _loops_of(eqn: Any) -> Iterator[Any]:
    """The equation itself, if it is a loop, and those in the programs that it calls."""
    if eqn.primitive.name == "while":
        yield eqn
    for inner in inside(eqn.params):
        yield from _loops(inner)


def called(params: dict[str, Any]) -> Iterator[ClosedJaxpr | Jaxpr]:
    """The programs that an equation calls, as it has them: with their constants, or without."""
    for value in params.values():
        for one in value if isinstance(value, tuple | list) else (value,):
            if isinstance(one, ClosedJaxpr | Jaxpr):
                yield one


def inside(params: dict[str, Any]) -> Iterator[Jaxpr]:
    """The programs that an equation calls, without their constants."""
    return (one.jaxpr if isinstance(one, ClosedJaxpr) else one for one in called(params))
