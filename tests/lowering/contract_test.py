"""`contract` means what its plan means, for every lowering, transformation and order of derivative."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from eqlib.errors import LoweringError
from eqlib.lowering import contract, explain
from eqlib.lowering.choose import LOWERINGS, choose
from eqlib.plan import Plan
from tests.plan.examples import EXAMPLES, mixing, outer, square
from tests.plan.meaning import evaluate

each_plan = pytest.mark.parametrize("example", EXAMPLES)
ROOT = Path(__file__).resolve().parents[2]

each_lowering = pytest.mark.parametrize("lowering", [None, *LOWERINGS])


def draw(plan, leading=(), seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [jnp.asarray(rng.normal(size=(*leading, size)), dtype) for size in plan.sizes[:-1]]


@each_plan
@each_lowering
def test_agrees_with_the_meaning_of_the_plan(example, lowering):
    plan = EXAMPLES[example]()
    inputs = draw(plan, (4,))
    expected = [evaluate(plan, *(np.asarray(x[n]) for x in inputs)) for n in range(4)]
    np.testing.assert_allclose(contract(plan, *inputs, lowering=lowering), expected, atol=1e-13)


@pytest.mark.parametrize("example", [name for name in EXAMPLES if name != "square"])
@each_lowering
def test_leading_axes_broadcast_and_derivatives_sum_over_them(example, lowering):
    """Each input in turn is shared by the batch; its gradient is the sum of the gradients per sample."""
    plan = EXAMPLES[example]()
    f = functools.partial(contract, plan, lowering=lowering)

    def loss(*xs):
        z = f(*xs)
        return jnp.sum(jnp.sin(z)), z

    for shared in range(plan.num_inputs):
        inputs = [x[:1] if n == shared else x for n, x in enumerate(draw(plan, (3, 2)))]
        repeated = [jnp.broadcast_to(x, (3, *x.shape[1:])) for x in inputs]
        gradient = jax.jit(jax.grad(loss, argnums=shared, has_aux=True))
        (got, value), (each, repeated_value) = gradient(*inputs), gradient(*repeated)
        np.testing.assert_allclose(value, repeated_value, atol=1e-13)
        np.testing.assert_allclose(got, each.sum(axis=0, keepdims=True), atol=1e-12)


@each_plan
def test_every_order_of_derivative(example):
    """In the lowering that is chosen; the next test ties the others to it.

    By differences with a step h of 1e-4, which leave out h^2 / 6 of third derivatives, less than 1e2 for small inputs.
    """
    plan = EXAMPLES[example]()
    f = jax.jit(functools.partial(contract, plan))
    inputs = [x / 4 for x in draw(plan)]
    check_grads(jax.jit(lambda *xs: jnp.sin(f(*xs))), inputs, order=2, modes=("rev",), atol=1e-6, rtol=1e-6)
    check_grads(jax.jit(lambda *xs: jnp.sin(f(*xs))), inputs, order=1, modes=("fwd",), atol=1e-6, rtol=1e-6)


@each_plan
def test_third_derivatives_agree_between_lowerings(example):
    plan = EXAMPLES[example]()
    inputs = draw(plan, (2,))

    def third(lowering):
        def energy(*xs):
            return jnp.sum(jnp.tanh(contract(plan, *xs, lowering=lowering)))

        def force(*xs):
            return jnp.sum(jax.grad(energy)(*xs) ** 2)

        def curvature(*xs):
            return jnp.sum(jax.grad(force, argnums=len(xs) - 1)(*xs) ** 2)

        return jax.jit(jax.grad(curvature))(*inputs)

    one, other = third("einsum"), third("straight_line")
    # Three backward passes and two squares, of sums of at most some hundred products.
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-12 * np.max(np.abs(one)))


def test_an_input_that_the_plan_does_not_read_may_move_alone():
    plan = square()
    (x,) = plan.operands[:-1]
    unread = Plan((x, x, plan.operands[-1]), plan.slots, plan.paths)
    one, other = draw(unread)
    value, tangent = jax.jvp(lambda y: contract(unread, one, y), (other,), (jnp.ones_like(other),))
    np.testing.assert_array_equal(value, contract(plan, one))
    assert not tangent.any()


@each_plan
def test_vmap_over_any_operand_and_axis(example):
    plan = EXAMPLES[example]()
    inputs = draw(plan, (2, 3))
    f = functools.partial(contract, plan)
    for mapped in np.ndindex(*(2,) * len(inputs)):
        if any(mapped):
            axes = tuple(1 if m else None for m in mapped)
            given = [x if m else x[:, 0] for x, m in zip(inputs, mapped, strict=True)]
            expected = [f(*(x[:, n] if m else x for x, m in zip(given, mapped, strict=True))) for n in range(3)]
            np.testing.assert_allclose(jax.vmap(f, axes)(*given), expected, atol=1e-13)


@each_plan
def test_scan_and_empty_batches(example):
    plan = EXAMPLES[example]()
    inputs = draw(plan, (3,))
    _, scanned = jax.lax.scan(lambda carry, xs: (carry, contract(plan, *xs)), 0, tuple(inputs))
    np.testing.assert_allclose(scanned, contract(plan, *inputs), atol=1e-13)
    assert contract(plan, *draw(plan, (0,))).shape == (0, plan.sizes[-1])
    assert jax.grad(lambda x: contract(plan, x, *draw(plan, (0,))[1:]).sum())(draw(plan, (0,))[0]).shape[0] == 0


@each_plan
@pytest.mark.parametrize("dtype, tolerance", [(np.float32, 4e-6), (jnp.bfloat16, 4e-2), (np.float16, 5e-3)])
def test_dtypes_are_preserved(example, dtype, tolerance):
    plan = EXAMPLES[example]()
    inputs = draw(plan, (5,), dtype=dtype)
    out = contract(plan, *inputs)
    assert out.dtype == dtype
    exact = contract(plan, *(x.astype(np.float64) for x in inputs))
    assert jnp.max(jnp.abs(out.astype(np.float64) - exact)) <= tolerance * jnp.max(jnp.abs(exact))


def test_sixteen_bit_inputs_are_rounded_once():
    plan = outer()
    inputs = draw(plan, (7,), dtype=jnp.bfloat16)
    in_float32 = contract(plan, *(x.astype(np.float32) for x in inputs))
    np.testing.assert_array_equal(contract(plan, *inputs), in_float32.astype(jnp.bfloat16))


def test_integers_are_promoted_not_truncated():
    plan = square()
    np.testing.assert_allclose(contract(plan, jnp.arange(9)), contract(plan, jnp.arange(9.0)))


@each_plan
@each_lowering
def test_every_matrix_product_is_at_full_precision_unless_asked(example, lowering):
    plan = EXAMPLES[example]()
    inputs = draw(plan, (4,), dtype=np.float32)

    def dots(precision):
        f = functools.partial(contract, plan, lowering=lowering, precision=precision)
        gradient = jax.grad(lambda *xs: jnp.sum(f(*xs) ** 2), argnums=tuple(range(len(inputs))))
        text = jax.jit(gradient).lower(*inputs).as_text()
        return [line for line in text.splitlines() if "dot_general" in line]

    assert all("HIGHEST" in line for line in dots(jax.lax.Precision.HIGHEST))
    if lowering == "straight_line":
        assert not dots(jax.lax.Precision.HIGHEST)
    if lowering == "einsum" and example == "mixing":
        assert dots(jax.lax.Precision.DEFAULT) and not any("HIGHEST" in s for s in dots(jax.lax.Precision.DEFAULT))


def test_a_shared_weight_is_never_repeated_along_the_batch():
    """The gradient of a linear layer holds nothing of the size of batch x weights."""
    plan = mixing((32, 32), 32)
    weights, x = (jnp.ones(size) for size in plan.sizes[:-1])
    x = jnp.ones((1000, *x.shape))
    compiled = jax.jit(jax.grad(lambda w, x: jnp.sum(contract(plan, w, x) ** 2))).lower(weights, x).compile()
    assert compiled.memory_analysis().temp_size_in_bytes < 0.5 * 1000 * weights.nbytes


def test_the_choice_of_lowering_states_its_reason():
    plan = mixing()
    shared = ((1,), (8,), (8,))
    assert choose(plan, plan.paths[0], shared, None) == ("einsum", choose(plan, plan.paths[0], shared, None).reason)
    assert "matrix product" in choose(plan, plan.paths[0], shared, None).reason
    assert choose(outer(), outer().paths[0], ((8,),) * 3, None).lowering == "straight_line"
    assert choose(plan, plan.paths[0], shared, "straight_line").reason == "asked for"
    harmonics = outer("8x0e + 8x1o", "0e + 1o")
    assert {choose(harmonics, path, ((8,),) * 3, None).lowering for path in harmonics.paths} == {"einsum"}
    assert "matrix that all channels share" in explain(harmonics)
    assert "straight_line" in explain(harmonics, is_cpu=False) and "einsum" not in explain(harmonics, is_cpu=False)


def test_paths_that_share_an_operand_are_few_matrix_products():
    """Of ten paths from two segments: two matrices made of the harmonics, and two products with them."""
    plan = outer("16x0e + 16x1o", "0e + 1o + 2e")
    inputs = draw(plan, (4,))
    text = jax.jit(functools.partial(contract, plan)).lower(*inputs).as_text()
    assert len(plan.paths) == 10 and text.count("dot_general") == 4
    for n, expected in enumerate(contract(plan, *inputs, lowering="straight_line")):
        np.testing.assert_allclose(contract(plan, *(x[n : n + 1] for x in inputs))[0], expected, atol=1e-13)


def test_what_does_not_fit_the_plan_is_refused():
    plan = outer()
    x, y = draw(plan, (2,))
    with pytest.raises(LoweringError, match="no lowering 'fast': write one of einsum, straight_line"):
        contract(plan, x, y, lowering="fast")
    with pytest.raises(ValueError, match="takes 2 inputs; 1 were given"):
        contract(plan, x)
    with pytest.raises(ValueError, match=r"input 1 has shape \(2, 4\); the plan reads \[..., 9\]"):
        contract(plan, x, y[:, :4])


@each_plan
def test_shard_map_and_sharded_jit(example):
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    plan = EXAMPLES[example]()
    devices = jax.devices()[:2]
    mesh = Mesh(np.array(devices), ("batch",))
    inputs = draw(plan, (4,))
    expected = contract(plan, *inputs)
    split = NamedSharding(mesh, PartitionSpec("batch"))
    sharded = jax.jit(functools.partial(contract, plan))(*(jax.device_put(x, split) for x in inputs))
    np.testing.assert_allclose(sharded, expected, atol=1e-13)
    specs = (PartitionSpec("batch"), *(PartitionSpec() for _ in inputs[1:]))
    shared = [inputs[0], *(x[:1] for x in inputs[1:])]
    mapped = jax.shard_map(
        functools.partial(contract, plan), mesh=mesh, in_specs=specs, out_specs=PartitionSpec("batch")
    )
    np.testing.assert_allclose(jax.jit(mapped)(*shared), contract(plan, *shared), atol=1e-13)
    every = tuple(range(len(inputs)))
    loss = lambda f: lambda *xs: jnp.sum(f(*xs) ** 2)  # noqa: E731
    found, wanted = (jax.jit(jax.grad(loss(f), every))(*shared) for f in (mapped, functools.partial(contract, plan)))
    for got, want in zip(found, wanted, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-12)


def test_the_environment_chooses_for_the_whole_process():
    program = (
        "import jax, eqlib\n"
        "x = eqlib.ones('2x1o')\n"
        "print('dot_general' in jax.jit(lambda x: eqlib.tensor_product(x, x)).lower(x).as_text())"
    )
    found = [run_with(program, EQLIB_LOWERING=lowering).stdout.strip() for lowering in ("einsum", "straight_line")]
    assert found == ["True", "False"]
    refused = run_with("import eqlib; eqlib.dot('1o', '1o')", EQLIB_LOWERING="fast").stderr
    assert "EQLIB_LOWERING=fast: there is no such lowering.\n  Set it to one of einsum, straight_line" in refused


def run_with(program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
