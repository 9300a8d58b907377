"""Plans are closed under differentiation and transposition: the derivative of a plan is a plan.

These two functions give every order of derivative for every lowering, so no op and no kernel writes a derivative.
"""

import functools

from eqlib.plan.plan import Plan
from eqlib.plan.simplify import simplify


@functools.cache
def derivative(plan: Plan, n: int) -> Plan:
    """The plan of the directional derivative in input `n`: the inputs it still depends on, then the tangent.

    Law:   contract(derivative(plan, n), *x, dx) = d/dt contract(plan, ..., x[n] + t dx, ...) at t = 0.
    Shape: the inputs are those of `plan`, without input n where the plan is linear in it, then the tangent of input n.
           A symmetric plan of degree d in input n gives d times one slot, not d different paths.
    """
    linear = plan.degree(n) == 1
    kept = [m for m in range(plan.num_inputs) if not (linear and m == n)]
    operands = (*(plan.operands[m] for m in kept), plan.operands[n], plan.operands[-1])
    positions = [s for s, m in enumerate(plan.slots) if m == n]
    orders = [[*(s for s in range(len(plan.slots)) if s != moved), moved] for moved in positions]
    slots = (*(kept.index(plan.slots[s]) for s in orders[0][:-1]), len(kept))
    # Moving different slots can permute the inputs of the slots that remain; each path is brought to one slot order.
    paths = [
        path.permuted([*_matching(plan, order, slots[:-1], kept), order[-1], len(order)])
        for order in orders
        for path in plan.paths
    ]
    return simplify(Plan(operands, slots, tuple(paths)))


@functools.cache
def transpose(plan: Plan, n: int) -> Plan:
    """The plan that takes a cotangent of the output in place of input `n` and returns the cotangent of input `n`.

    Law:    <contract(plan, ..., x[n], ...), g> = <x[n], contract(transpose(plan, n), ..., g, ...)>;
            transpose(transpose(plan, n), n) == plan.
    Raises: ValueError if the plan is not linear in input n.
    """
    if plan.degree(n) != 1:
        raise ValueError(f"the plan has degree {plan.degree(n)} in input {n}: transpose its derivative instead.")
    slot = plan.slots.index(n)
    operands = list(plan.operands)
    operands[n], operands[-1] = operands[-1], operands[n]
    order = list(range(len(plan.slots) + 1))
    order[slot], order[-1] = order[-1], order[slot]
    return Plan(tuple(operands), plan.slots, tuple(path.permuted(order) for path in plan.paths))


def _matching(plan: Plan, order: list[int], slots: tuple[int, ...], kept: list[int]) -> list[int]:
    """The remaining slots of `order`, arranged so that they read the inputs `slots` one by one."""
    remaining = list(order[:-1])
    arranged: list[int] = []
    for m in slots:
        found = next(s for s in remaining if plan.slots[s] == kept[m])
        remaining.remove(found)
        arranged.append(found)
    return arranged
