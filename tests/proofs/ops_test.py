"""Every theorem about an op rejects a planted fault in the plan, the block or the function that the op uses."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import pytest

import proofs.cross
import proofs.dot
import proofs.elementwise_tensor_product
import proofs.gate
import proofs.linear
import proofs.norm
import proofs.norm_activation
import proofs.radial
import proofs.scalar_activation
import proofs.scatter
import proofs.spherical_harmonics
import proofs.tensor_product
import proofs.tensor_square
from eqlib.o3 import Irreps, Surd, SurdTensor
from eqlib.plan import Path, Plan
from eqlib.plan.straight_line import StraightLine
from proofs.certificate import THEOREMS, ProofFailed, decide
from proofs.plans import require_equivariant

Fault = Callable[..., Any]


def in_last_path(change: Callable[[Path], Path]) -> Fault:
    """A fault of the last path of a plan, given alone or with the irreps of the output."""

    def faulty(result: Any) -> Any:
        if not isinstance(result, Plan):
            return (result[0], faulty(result[1]))
        return replace(result, paths=(*result.paths[:-1], change(result.paths[-1])))

    return faulty


def negate_one_entry(block: SurdTensor) -> SurdTensor:
    entries = dict(block.entries)
    last = max(entries)
    return SurdTensor.of(block.shape, {**entries, last: -entries[last]}, block.label)


flip = in_last_path(lambda path: replace(path, coefficients=negate_one_entry(path.coefficients)))
rescale = in_last_path(lambda path: replace(path, scale=path.scale * Surd.sqrt(2)))


def drop(result: Any) -> Any:
    irreps, plan = result
    return irreps, replace(plan, paths=plan.paths[:-1])


def other_factor(program: StraightLine) -> StraightLine:
    """The last multiple in a program is twice as large."""
    last = max(n for n, step in enumerate(program.steps) if step.op == "scale")
    step = program.steps[last]
    return replace(
        program, steps=(*program.steps[:last], step._replace(factor=2 * step.factor), *program.steps[last + 1 :])
    )


def one_component_twice(program: StraightLine) -> StraightLine:
    (row,) = program.outputs
    return replace(program, outputs=((*row[:-1], row[-2]),))


def other_parity(result: Any) -> Any:
    irreps, plan = result
    return Irreps([(mul, (ir.l, -ir.p)) for mul, ir in irreps]), plan


# (module, the name that it uses, the fault of what that returns, the theorem that must fail)
FAULTS: list[tuple[Any, str, Fault, str]] = [
    (proofs.tensor_product, "plan_tensor_product", flip, "tensor_product_is_equivariant"),
    (proofs.tensor_product, "plan_tensor_product", drop, "tensor_product_is_equivariant"),
    (proofs.tensor_product, "plan_tensor_product", other_parity, "tensor_product_is_equivariant"),
    (proofs.tensor_product, "plan_tensor_product", rescale, "tensor_product_is_normalised"),
    (proofs.tensor_product, "derivative", flip, "plan_algebra_keeps_equivariance"),
    (proofs.tensor_product, "transpose", flip, "plan_algebra_keeps_equivariance"),
    (
        proofs.elementwise_tensor_product,
        "plan_elementwise_tensor_product",
        rescale,
        "elementwise_tensor_product_is_equivariant",
    ),
    (
        proofs.elementwise_tensor_product,
        "plan_elementwise_tensor_product",
        drop,
        "elementwise_tensor_product_is_equivariant",
    ),
    (proofs.tensor_square, "plan_tensor_square", flip, "tensor_square_is_equivariant"),
    (proofs.tensor_square, "tensor_square", lambda irreps: irreps + "0e", "tensor_square_is_equivariant"),
    (proofs.tensor_square, "plan_tensor_square", rescale, "tensor_square_is_normalised"),
    (proofs.dot, "plan_dot", rescale, "dot_is_the_invariant_product"),
    (proofs.norm, "plan_norm", flip, "norm_is_invariant"),
    (
        proofs.cross,
        "plan_cross",
        in_last_path(lambda p: replace(p, scale=-p.scale)),
        "cross_is_the_right_handed_product",
    ),
    (proofs.linear, "plan_linear", flip, "linear_is_equivariant_and_complete"),
    (proofs.linear, "plan_linear", drop, "linear_is_equivariant_and_complete"),
    (proofs.linear, "plan_linear", rescale, "linear_is_normalised"),
    (proofs.spherical_harmonics, "harmonics_program", other_factor, "harmonics_programs_are_exact"),
    (proofs.spherical_harmonics, "harmonics_program", one_component_twice, "harmonics_programs_are_exact"),
    (proofs.spherical_harmonics, "derivative", other_factor, "harmonics_derivatives_are_exact"),
    (proofs.spherical_harmonics, "transpose", other_factor, "harmonics_derivatives_are_exact"),
    (proofs.norm_activation, "norm_activation", lambda irreps: irreps + "0e", "norm_activation_is_equivariant"),
    (
        proofs.scalar_activation,
        "scalar_activation",
        lambda irreps: Irreps([(mul, (ir.l, abs(ir.p)) if ir.l == 0 else ir) for mul, ir in irreps]),
        "scalar_activation_has_the_right_parity",
    ),
    (
        proofs.scalar_activation,
        "normalize_function",
        lambda phi: lambda x: phi(x) * (1 + 1e-6),
        "normalisation_constants_are_exact_integrals",
    ),
    (
        proofs.gate,
        "gate",
        lambda irreps: Irreps([(mul, (ir.l, abs(ir.p))) for mul, ir in irreps]),
        "gate_output_is_the_product",
    ),
    (proofs.scatter, "scatter_mean", lambda z: z * 2.0, "scatter_moves_whole_rows"),
    (proofs.scatter, "scatter_max", lambda z: z + 1, "scatter_max_is_of_invariants"),
    (proofs.radial, "bessel", lambda values: values * (1 + 1e-11), "bessel_functions_are_orthonormal"),
    (proofs.radial, "sus", lambda values: values + 1e-11, "smooth_steps_are_flat_where_they_end"),
    (
        proofs.radial,
        "poly_envelope",
        lambda f: lambda x: f(x) + 1e-11 * jnp.sin(x),
        "poly_envelope_is_flat_at_both_ends",
    ),
    (
        proofs.radial,
        "soft_one_hot_linspace",
        lambda values: values[..., ::-1],
        "soft_one_hot_functions_have_their_identities",
    ),
]


def degree(claim: str) -> int:
    """The least degree at which a proof has every kind of case."""
    return 1 if "activation" in claim else 2


@pytest.mark.parametrize(
    ("module", "name", "fault", "claim"),
    FAULTS,
    ids=[f"{n}-{claim}-{name}" for n, (_, name, _, claim) in enumerate(FAULTS)],
)
def test_each_theorem_rejects_a_planted_fault(
    module: Any, name: str, fault: Fault, claim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = getattr(module, name)

    def faulty(*arguments: Any, **keywords: Any) -> Any:
        return fault(right(*arguments, **keywords))

    faulty.__name__ = name
    monkeypatch.setattr(module, name, faulty)
    verdict = decide(THEOREMS[claim], degree(claim))
    assert not verdict.proved and "Error:" not in verdict.counterexample, verdict


@pytest.mark.parametrize("claim", sorted({claim for *_, claim in FAULTS}))
def test_each_theorem_holds_without_a_fault(claim: str) -> None:
    assert decide(THEOREMS[claim], degree(claim)).proved


def test_every_theorem_of_an_op_has_a_planted_fault() -> None:
    here = {module.__name__ for module, *_ in FAULTS}
    assert here <= set(sys.modules)
    assert {name for name, t in THEOREMS.items() if t.prove.__module__ in here} == {claim for *_, claim in FAULTS}


def test_a_coefficient_off_by_one_in_a_trillion_is_no_intertwiner() -> None:
    irreps3, plan = proofs.tensor_product.plan_tensor_product(Irreps("1o"), Irreps("1o"))
    path = plan.paths[-1]
    (index, value), *others = path.coefficients.entries
    block = SurdTensor.of(path.coefficients.shape, {**dict(others), index: value * (1 + Surd.of(1) / 10**12)}, "CG'")
    faulty = replace(plan, paths=(*plan.paths[:-1], replace(path, coefficients=block)))
    with pytest.raises(ProofFailed, match="not annihilated"):
        require_equivariant(faulty, Irreps("1o"), Irreps("1o"), irreps3)
