"""A traced program run once more, equation by equation, with something else done on the way; it stays traceable."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr, Literal

from eqlib.testing.inlined import closed, inlined, of_call
from eqlib.testing.scans import scanned

LOOPS = frozenset({"cond", "scan", "while"})


class Rerun:
    """Runs a program, and passes a state through its calls, loops and branches; as it is here, it changes nothing."""

    def constant(self, value: Any) -> Any:
        """What stands for a constant."""
        return value

    def enters(self, eqn: Any) -> bool:
        """Whether the programs in an equation are run by this, too."""
        return False

    def seen(self, eqn: Any, given: Sequence[Any], state: Any) -> Any:
        """The state after an equation is reached with these operands."""
        return state

    def plain(self, eqn: Any, given: Sequence[Any]) -> Sequence[Any]:
        """The results of an equation that is not entered."""
        if (inner := of_call(eqn, given)) is not None:
            return self.run(*inner, None)[0]
        results = eqn.primitive.bind(*given, **eqn.params)
        return results if eqn.primitive.multiple_results else [results]

    def run(self, program: ClosedJaxpr, inputs: Sequence[Any], state: Any) -> tuple[list[Any], Any]:
        """The results, and the last state."""
        jaxpr = program.jaxpr
        constants = map(self.constant, program.consts)
        known = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*constants, *inputs], strict=True))

        def read(atom: Any) -> Any:
            return self.constant(atom.val) if isinstance(atom, Literal) else known[atom]

        for eqn in jaxpr.eqns:
            results, state = self._equation(eqn, [read(atom) for atom in eqn.invars], state)
            known |= dict(zip(eqn.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars], state

    def _equation(self, eqn: Any, given: Sequence[Any], state: Any) -> tuple[Sequence[Any], Any]:
        state = self.seen(eqn, given, state)
        if self.enters(eqn):
            if eqn.primitive.name in LOOPS:
                by_name: dict[str, Callable[..., Any]] = {"cond": self._cond, "scan": self._scan, "while": self._while}
                return by_name[eqn.primitive.name](eqn.params, given, state)
            if (inner := inlined(eqn, given)) is not None:
                return self.run(*inner, state)
        return self.plain(eqn, given), state

    def _cond(self, params: dict[str, Any], given: Sequence[Any], state: Any) -> tuple[list[Any], Any]:
        index, *operands = given
        arms = [lambda state, *xs, arm=arm: self.run(closed(arm), xs, state) for arm in params["branches"]]
        return jax.lax.switch(index, arms, state, *operands)

    def _scan(self, params: dict[str, Any], given: Sequence[Any], state: Any) -> tuple[list[Any], Any]:
        consts, carry, xs = scanned(params, given)

        def step(before: Any, x: Any) -> Any:
            out, state = self.run(closed(params["jaxpr"]), [*consts, *before[0], *x], before[1])
            return (out[: len(carry)], state), out[len(carry) :]

        (last, state), stacked = jax.lax.scan(
            step, (carry, state), xs, length=params["length"], reverse=params["reverse"]
        )
        return [*last, *stacked], state

    def _while(self, params: dict[str, Any], given: Sequence[Any], state: Any) -> tuple[list[Any], Any]:
        of_condition, of_body = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]

        def goes_on(now: Any) -> Any:
            return self.run(params["cond_jaxpr"], [*given[:of_condition], *now[0]], now[1])[0][0]

        def step(now: Any) -> Any:
            return self.run(params["body_jaxpr"], [*given[of_condition:of_body], *now[0]], now[1])

        return jax.lax.while_loop(goes_on, step, (list(given[of_body:]), state))
