"""One interpreter of jaxprs: what depends on the inputs is computed exactly, the rest as JAX does."""

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Literal

from eqlib.array_types import Shaped
from eqlib.testing.exact.domain import Domain, Operand, Undecided, Value
from eqlib.testing.exact.known_functions import known_function
from eqlib.testing.exact.moves import MOVES, lifted, move, moved_in_numpy, scatter_add
from eqlib.testing.exact.plans import evaluate
from eqlib.testing.exact.rules import RULES, _select
from eqlib.testing.exact.straight_lines import evaluate_program
from eqlib.testing.inlined import COLLECTIVES, inlined
from eqlib.testing.scans import scanned
from eqlib.testing.source import innermost_line

# Every primitive that has an exact meaning, but for calls and control flow.
COVERED = frozenset({*RULES, *MOVES, "scatter-add", "contract", "evaluate"})

Observe = Callable[[Any, Sequence[Operand], Sequence[Operand], str], None]


class Interpreter:
    """Runs programs in a domain, and shows each equation, its inputs, outputs and source line to `observe`."""

    def __init__(self, domain: Domain, observe: Observe | None = None) -> None:
        self.domain, self.observe, self._callers = domain, observe, list[Any]()

    def run(self, program: Any, inputs: Sequence[Operand]) -> list[Operand]:
        """The outputs of a jaxpr, closed or open.

        Raises: Undecided at the first equation for which there is no rule.
        """
        jaxpr, constants = getattr(program, "jaxpr", program), getattr(program, "consts", ())
        values: dict[Any, Operand] = dict(zip(jaxpr.constvars, constants, strict=True))
        values |= dict(zip(jaxpr.invars, inputs, strict=True))
        for eqn in _needed(jaxpr):
            operands = [_literal(v) if isinstance(v, Literal) else values[v] for v in eqn.invars]
            results = self._equation(eqn, operands)
            for v, result in zip(eqn.outvars, results, strict=True):
                values[v] = _shaped(result, v.aval.shape)
            if self.observe is not None:
                self.observe(eqn, operands, [values[v] for v in eqn.outvars], self._line(eqn))
        return [_literal(v) if isinstance(v, Literal) else values[v] for v in jaxpr.outvars]

    def _equation(self, eqn: Any, operands: list[Operand]) -> list[Operand]:
        try:
            if eqn.primitive.name in COLLECTIVES:
                return operands
            if not any(isinstance(x, Value) for x in operands):
                return _computed(eqn, operands)
            return self._exactly(eqn, operands)
        except Undecided as problem:
            raise problem if problem.where else Undecided(problem.reason, self._line(eqn)) from None

    def _line(self, eqn: Any) -> str:
        """That of the innermost of the calls that lead to the equation of which a line is known."""
        return innermost_line([*self._callers, eqn])

    def _exactly(self, eqn: Any, operands: list[Operand]) -> list[Operand]:
        name, params = eqn.primitive.name, eqn.params
        name = known_function(eqn) or name
        if any(np.issubdtype(getattr(v.aval, "dtype", None), np.complexfloating) for v in (*eqn.invars, *eqn.outvars)):
            raise Undecided(f"{name} of complex numbers, which have no exact meaning here")
        if name in RULES:
            dtypes = [getattr(v.aval, "dtype", None) for v in eqn.invars]
            return RULES[name](self.domain, params | {"dtypes": dtypes}, operands)
        if name in MOVES:
            return list(move(self.domain, eqn.primitive, params, operands))
        if name in ("scatter-add", "scatter_add"):
            return [scatter_add(self.domain, eqn.primitive, params, operands)]
        if name == "contract":
            inputs = [lifted(self.domain, x) for x in operands]
            return [evaluate(self.domain, params["plan"], inputs, params["leading"])]
        if name == "evaluate":
            return evaluate_program(self.domain, params["program"], [lifted(self.domain, x) for x in operands])
        control = {"cond": self._cond, "scan": self._scan, "while": self._while}.get(name)
        return self._called(eqn, operands) if control is None else control(params, operands)

    def _called(self, eqn: Any, operands: list[Operand]) -> list[Operand]:
        try:
            inner = inlined(eqn, operands)
        except NotImplementedError as error:
            raise Undecided(str(error).partition(",")[0]) from None
        if inner is None:
            raise Undecided(f"the primitive {eqn.primitive.name!r} has no exact meaning here")
        self._callers.append(eqn)
        results = self.run(*inner)
        self._callers.pop()
        return results

    def _cond(self, params: Any, operands: list[Operand]) -> list[Operand]:
        """If the predicate depends on the inputs, both branches are run, and chosen between."""
        which, *rest = operands
        branches = params["branches"]
        if not isinstance(which, Value):
            return self.run(branches[int(np.clip(which, 0, len(branches) - 1))], rest)
        if len(branches) != 2:
            raise Undecided("a choice among more than two branches that depends on the inputs")
        first, second = (self.run(branch, rest) for branch in branches)
        return [_select(self.domain, params, [which, a, b])[0] for a, b in zip(first, second, strict=True)]

    def _scan(self, params: Any, operands: list[Operand]) -> list[Operand]:
        fixed, carry, sequences = scanned(params, operands)
        count, rows = len(carry), []
        steps = range(params["length"])
        for n in reversed(steps) if params["reverse"] else steps:
            entries = [x.moved(x.data[:, n]) if isinstance(x, Value) else np.asarray(x[n]) for x in sequences]
            results = self.run(params["jaxpr"], [*fixed, *carry, *entries])
            carry = results[:count]
            rows.append(results[count:])
        rows = rows[::-1] if params["reverse"] else rows
        if not rows:
            avals = params["jaxpr"].out_avals[count:]
            return [*carry, *(np.zeros((0, *aval.shape), aval.dtype) for aval in avals)]
        return [*carry, *(self._stacked(column) for column in zip(*rows, strict=True))]

    def _stacked(self, rows: Sequence[Operand]) -> Operand:
        if not any(isinstance(x, Value) for x in rows):
            return np.stack([np.asarray(x) for x in rows])
        values = [lifted(self.domain, x) for x in rows]
        return values[-1].moved(np.stack([v.data for v in values], axis=1))

    def _while(self, params: Any, operands: list[Operand]) -> list[Operand]:
        first, second = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
        for_test, for_body, carry = operands[:first], operands[first:second], operands[second:]
        while True:
            (goes_on,) = self.run(params["cond_jaxpr"], [*for_test, *carry])
            if isinstance(goes_on, Value):
                raise Undecided("a loop whose number of rounds depends on the inputs")
            if not goes_on:
                return list(carry)
            carry = self.run(params["body_jaxpr"], [*for_body, *carry])


# By program, for as long as there is the program: what is remembered must not keep it alive, see `double_precision`.
_NEEDED: weakref.WeakKeyDictionary[Any, list[Any]] = weakref.WeakKeyDictionary()


def _needed(jaxpr: Any) -> list[Any]:
    """The equations on which the outputs depend; derivatives leave others behind."""
    if jaxpr not in _NEEDED:
        _NEEDED[jaxpr] = _find_needed(jaxpr)
    return _NEEDED[jaxpr]


def _find_needed(jaxpr: Any) -> list[Any]:
    wanted = {v for v in jaxpr.outvars if not isinstance(v, Literal)}
    kept = []
    for eqn in reversed(jaxpr.eqns):
        if wanted.intersection(eqn.outvars):
            kept.append(eqn)
            wanted |= {v for v in eqn.invars if not isinstance(v, Literal)}
    return kept[::-1]


def _literal(v: Any) -> Shaped[np.ndarray, "..."]:
    return np.asarray(v.val, v.aval.dtype)


# What NumPy computes as JAX does, without the time to compile it.
_IN_NUMPY: dict[str, Callable[..., np.ndarray]] = {
    **{"add": np.add, "mul": np.multiply, "sub": np.subtract, "neg": np.negative, "max": np.maximum, "min": np.minimum},
    **{
        "eq": np.equal,
        "ne": np.not_equal,
        "lt": np.less,
        "le": np.less_equal,
        "gt": np.greater,
        "ge": np.greater_equal,
    },
}


def _computed(eqn: Any, operands: Sequence[Operand]) -> list[Operand]:
    """What depends on no input, as JAX computes it."""
    name, arrays = eqn.primitive.name, [np.asarray(x) if _is_plain(x) else x for x in operands]
    if name in _IN_NUMPY and all(map(_is_plain, arrays)):
        return [np.asarray(_IN_NUMPY[name](*arrays))]
    moved = moved_in_numpy(name, eqn.params, arrays) if all(map(_is_plain, arrays)) else None
    if moved is not None:
        return [np.asarray(x) for x in (moved if isinstance(moved, list) else [moved])]
    results = eqn.primitive.bind(*(jnp.asarray(x) if isinstance(x, np.ndarray) else x for x in arrays), **eqn.params)
    results = results if eqn.primitive.multiple_results else [results]
    return [np.asarray(x) if _is_plain(x) else x for x in results]


def _is_plain(x: Any) -> bool:
    """Whether NumPy can hold it: no random key."""
    return not jnp.issubdtype(getattr(x, "dtype", np.float64), jax.dtypes.prng_key)


def _shaped(x: Operand, shape: tuple[int, ...]) -> Operand:
    """A scalar operand of an operation on arrays is an array where the program says so."""
    if not isinstance(x, Value) or x.shape == shape:
        return x
    slots = x.data.shape[0]
    return x.moved(
        np.broadcast_to(x.data.reshape(slots, *(1,) * (len(shape) - len(x.shape)), *x.shape), (slots, *shape))
    )
