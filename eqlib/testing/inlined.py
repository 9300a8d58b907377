"""Programs inside of programs that only run: calls, solvers of linear equations, and shards on one device."""

from collections.abc import Sequence
from typing import Any, TypeVar

import jax
from jax.extend.core import ClosedJaxpr

from eqlib.lowering.contract_indexed import split
from eqlib.lowering.whole_arrays import compute_whole

T = TypeVar("T")

# What devices tell each other; a device alone keeps what it has.
COLLECTIVES = frozenset({"pbroadcast", "pmax", "pmin", "psum", "psum_invariant", "pvary"})

# Where a primitive that only calls another program keeps it.
_LOOPS = frozenset({"cond", "scan", "while"})
_OF_FUNCTIONS = frozenset({"closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr"})
_CALLS = ("call_jaxpr", "jaxpr", "fun_jaxpr", "call")


def inlined(eqn: Any, operands: Sequence[T]) -> tuple[ClosedJaxpr, Sequence[T]] | None:
    """The program of a call, and what it is given: of jit, custom_jvp, custom_vjp, checkpoint, shard_map and solvers.

    That of a plan over edges is its plain meaning, by gather, contract and scatter.

    Raises: NotImplementedError for shards on several devices.
    """
    params = eqn.params
    if eqn.primitive.name in _LOOPS:
        return None
    if eqn.primitive.name == "custom_linear_solve":
        return _solver(params, operands)
    if eqn.primitive.name == "contract_indexed":
        return _over_edges(eqn), operands
    if eqn.primitive.name == "shard_map" and params["mesh"].size > 1:
        raise NotImplementedError(f"shard_map on {params['mesh'].size} devices is not followed; on one device it is.")
    found = next((params[name] for name in _CALLS if name in params), None)
    return None if found is None else (closed(found), operands)


def of_call(eqn: Any, operands: Sequence[T]) -> tuple[ClosedJaxpr, Sequence[T]] | None:
    """As `inlined`, for those calls that JAX cannot bind again with their parameters: it wants functions.

    A derivative by hand is lost: this is for what is run, and not differentiated.
    """
    return inlined(eqn, operands) if eqn.primitive.name in _OF_FUNCTIONS else None


def closed(program: Any) -> ClosedJaxpr:
    """A program with its constants. From jax 0.12 on every jaxpr has them; before, one without them has none."""
    return program if hasattr(program, "consts") else ClosedJaxpr(program, ())


def _solver(params: dict[str, Any], operands: Sequence[T]) -> tuple[ClosedJaxpr, Sequence[T]]:
    """The forward solver of a linear equation: its constants come third of four, and then the right side."""
    before, of_solver = sum(params["const_lengths"][:2]), params["const_lengths"][2]
    right = operands[sum(params["const_lengths"]) :]
    return closed(params["jaxprs"].solve), [*operands[before : before + of_solver], *right]


def _over_edges(eqn: Any) -> ClosedJaxpr:
    plan, edges, precision = (eqn.params[name] for name in ("plan", "edges", "precision"))

    def meaning(*operands: Any) -> Any:
        return compute_whole(plan, *split(plan, operands), edges, precision)

    return jax.make_jaxpr(meaning)(*(jax.ShapeDtypeStruct(v.aval.shape, v.aval.dtype) for v in eqn.invars))
