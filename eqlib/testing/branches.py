"""Branches of a program that nothing that was tried takes: what is wrong in them, nobody has seen.

A branch is one that the code under check writes, by `jnp.where`, `lax.cond`, `lax.switch` and the like, on what depends
on the inputs. Those in JAX and in eqlib are theirs to test.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Literal

from eqlib.testing.effort import jit_with_least_effort
from eqlib.testing.inlined import closed, inlined
from eqlib.testing.loops import called
from eqlib.testing.program import Program
from eqlib.testing.rerun import LOOPS, Rerun
from eqlib.testing.source import entry_of, innermost_line

# The functions of JAX by which a branch is written.
_WRITTEN_BY = frozenset({"cond", "piecewise", "select", "select_n", "switch", "where"})


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
    traced = program.traced_in(np.float64).jaxpr
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
    if programs and eqn.primitive.name not in LOOPS and (found := inlined(eqn, given)) is not None:
        yield found
    else:
        yield from ((inner, [True] * len(inner.jaxpr.invars)) for inner in programs)


class _Arms(Rerun):
    """The program, of which only the arms that are taken are told: they are its state."""

    def __init__(self, traced: ClosedJaxpr, found: dict[int, Branching]) -> None:
        starts = np.cumsum([0, *(one.arms for one in found.values())])
        self.traced, self.size = traced, int(starts[-1])
        self.first = dict(zip(found, starts.tolist(), strict=False))

    def __call__(self, *arrays: Any) -> Any:
        return self.run(self.traced, arrays, jnp.zeros(self.size, bool))[1]

    def enters(self, eqn: Any) -> bool:
        return any(map(self._has_branchings, called(eqn.params)))

    def seen(self, eqn: Any, given: Sequence[Any], state: Any) -> Any:
        if id(eqn) not in self.first:
            return state
        first, arms = self.first[id(eqn)], _arms(eqn)
        now = [jnp.any(jnp.asarray(given[0], np.int32) == k) for k in range(arms)]
        return state.at[first : first + arms].max(jnp.stack(now))

    def _has_branchings(self, program: Any) -> bool:
        return any(id(eqn) in self.first or self.enters(eqn) for eqn in closed(program).jaxpr.eqns)
