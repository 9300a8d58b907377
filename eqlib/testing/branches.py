"""Branches of a program that nothing that was tried takes: what is wrong in them, nobody has seen.

A branch is one that the code under check writes, by `jnp.where`, `lax.cond`, `lax.switch` and the like, on what depends
on the inputs. Those in JAX and in eqlib are theirs to test.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Literal

from eqlib.testing.effort import jit_with_least_effort
from eqlib.testing.inlined import closed, inlined, of_call
from eqlib.testing.loops import called
from eqlib.testing.program import Program
from eqlib.testing.scans import scanned
from eqlib.testing.source import entry_of, innermost_line

# The functions of JAX by which a branch is written.
_WRITTEN_BY = frozenset({"cond", "piecewise", "select", "select_n", "switch", "where"})
_LOOPS = frozenset({"cond", "scan", "while"})


class Branching(NamedTuple):
    """An equation that chooses: the function that writes it, its source line, and how many arms it has."""

    by: str
    line: str
    arms: int

    def arm(self, k: int) -> str:
        """One arm in words."""
        value = str(k) if self.by == "switch" or self.arms != 2 else ("false", "true")[k]
        return f"the branch of {self.by} at {self.line} for {value} was never taken with what was tried"


def never_taken(program: Program, tried: Iterable[Sequence[Any]]) -> list[str]:
    """A note for each arm that no input takes; the first inputs are enough, if they take all.

    None where JAX cannot trace the function.
    """
    if not program.traced:
        return []
    traced = jax.make_jaxpr(program.call)(*program.arrays)
    found = dict(_branchings(traced, [True] * len(program.arrays), ()))
    if not found:
        return []
    taken = np.zeros(sum(one.arms for one in found.values()), bool)
    run = jit_with_least_effort(_Arms(traced, found))
    for arrays in tried:
        taken |= np.asarray(run(*arrays))
        if taken.all():
            return []
    words = [one.arm(k) for one in found.values() for k in range(one.arms)]
    return list(dict.fromkeys(word for word, was in zip(words, taken, strict=True) if not was))


def _branchings(
    program: ClosedJaxpr, moves: Sequence[bool], callers: tuple[Any, ...]
) -> Iterator[tuple[int, Branching]]:
    """The branchings of a program, by the identity of their equations; `moves`: whether each operand varies."""
    jaxpr = program.jaxpr
    varies = dict(zip([*jaxpr.constvars, *jaxpr.invars], [False] * len(jaxpr.constvars) + [*moves], strict=True))
    for eqn in jaxpr.eqns:
        given = [not isinstance(v, Literal) and varies.get(v, False) for v in eqn.invars]
        varies |= dict.fromkeys(eqn.outvars, any(given))
        eqns = (*callers, eqn)
        if eqn.primitive.name in ("cond", "select_n") and given[0]:
            by = entry_of(eqns)
            if by in _WRITTEN_BY and not _is_of_vmap(by, eqn):
                yield id(eqn), Branching(by, innermost_line(eqns), _arms(eqn))
        for inner, operands in _programs(eqn, given):
            yield from _branchings(inner, operands, eqns)


def _is_of_vmap(by: str, eqn: Any) -> bool:
    """Whether vmap, which computes every branch of a cond, selects operands that an arm may be given."""
    return by in ("cond", "switch") and eqn.invars[0].aval.dtype == np.bool_


def _arms(eqn: Any) -> int:
    return len(eqn.params["branches"]) if "branches" in eqn.params else len(eqn.invars) - 1


def _programs(eqn: Any, given: Sequence[bool]) -> Iterator[tuple[ClosedJaxpr, Sequence[bool]]]:
    """The programs in an equation, and what varies of their operands: in a loop, everything may."""
    programs = list(map(closed, called(eqn.params)))
    if programs and eqn.primitive.name not in _LOOPS and (found := inlined(eqn, given)) is not None:
        yield found
    else:
        yield from ((inner, [True] * len(inner.jaxpr.invars)) for inner in programs)


class _Arms:
    """The program, of which only the arms that are taken are told."""

    def __init__(self, traced: ClosedJaxpr, found: dict[int, Branching]) -> None:
        starts = np.cumsum([0, *(one.arms for one in found.values())])
        self.traced, self.size = traced, int(starts[-1])
        self.first = dict(zip(found, starts.tolist(), strict=False))

    def __call__(self, *arrays: Any) -> Any:
        return self.run(self.traced, arrays, jnp.zeros(self.size, bool))[1]

    def run(self, program: ClosedJaxpr, inputs: Sequence[Any], taken: Any) -> tuple[list[Any], Any]:
        """The results, and all arms that were taken before or are here."""
        jaxpr = program.jaxpr
        known = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*program.consts, *inputs], strict=True))

        def read(atom: Any) -> Any:
            return atom.val if isinstance(atom, Literal) else known[atom]

        for eqn in jaxpr.eqns:
            given = [read(atom) for atom in eqn.invars]
            if id(eqn) in self.first:
                taken = self._chosen(eqn, given[0], taken)
            results, taken = self._equation(eqn, given, taken)
            known |= dict(zip(eqn.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars], taken

    def _chosen(self, eqn: Any, which: Any, taken: Any) -> Any:
        first, arms = self.first[id(eqn)], _arms(eqn)
        now = [jnp.any(jnp.asarray(which, np.int32) == k) for k in range(arms)]
        return taken.at[first : first + arms].max(jnp.stack(now))

    def _equation(self, eqn: Any, given: Sequence[Any], taken: Any) -> tuple[Sequence[Any], Any]:
        """An equation with branchings in it tells of their arms; any other runs as it is."""
        if any(map(self._has_branchings, called(eqn.params))):
            if eqn.primitive.name in _LOOPS:
                return getattr(self, f"_{eqn.primitive.name}")(eqn.params, given, taken)
            if (inner := inlined(eqn, given)) is not None:
                return self.run(*inner, taken)
        elif (inner := of_call(eqn, given)) is not None:
            return self.run(*inner, taken)
        results = eqn.primitive.bind(*given, **eqn.params)
        return (results if eqn.primitive.multiple_results else [results]), taken

    def _has_branchings(self, program: Any) -> bool:
        jaxpr = closed(program).jaxpr
        return any(id(eqn) in self.first or any(map(self._has_branchings, called(eqn.params))) for eqn in jaxpr.eqns)

    def _cond(self, params: dict[str, Any], given: Sequence[Any], taken: Any) -> tuple[list[Any], Any]:
        index, *operands = given
        arms = [lambda taken, *xs, arm=arm: self.run(closed(arm), xs, taken) for arm in params["branches"]]
        return jax.lax.switch(index, arms, taken, *operands)

    def _scan(self, params: dict[str, Any], given: Sequence[Any], taken: Any) -> tuple[list[Any], Any]:
        consts, carry, xs = scanned(params, given)

        def step(state: Any, x: Any) -> Any:
            out, taken = self.run(closed(params["jaxpr"]), [*consts, *state[0], *x], state[1])
            return (out[: len(carry)], taken), out[len(carry) :]

        (last, taken), stacked = jax.lax.scan(
            step, (carry, taken), xs, length=params["length"], reverse=params["reverse"]
        )
        return [*last, *stacked], taken

    def _while(self, params: dict[str, Any], given: Sequence[Any], taken: Any) -> tuple[list[Any], Any]:
        of_condition, of_body = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]

        def goes_on(state: Any) -> Any:
            return self.run(params["cond_jaxpr"], [*given[:of_condition], *state[0]], state[1])[0][0]

        def step(state: Any) -> Any:
            return self.run(params["body_jaxpr"], [*given[of_condition:of_body], *state[0]], state[1])

        return jax.lax.while_loop(goes_on, step, (list(given[of_body:]), taken))
