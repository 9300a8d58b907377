"""Programs of eqlib leave it by jax.export, with symbols for the numbers of nodes and edges, and compute the same.

The extents below are those at which something else would be chosen of arrays whose size is known: one row, a few, more
than a chunk.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export

import eqlib
from eqlib.errors import LayoutError
from eqlib.lowering import choose_program, contract
from eqlib.lowering.choose import LOWERINGS
from eqlib.lowering.choose_program import on_any_platform, on_cpu
from eqlib.lowering.cuda.contraction import contract_by_kernels
from eqlib.lowering.cuda.schedule import NoKernel
from eqlib.lowering.evaluate import evaluate
from eqlib.lowering.index import index_of
from eqlib.lowering.xla_indexed import MAX_EDGES
from eqlib.ops.conv import plan_conv
from eqlib.plan.harmonics import harmonics_program
from tests.plan.examples import EXAMPLES

pytest.importorskip("flatbuffers", reason="jax.export writes programs by it")

ROWS = (1, 700)
Function = Callable[..., Any]


def exported(f: Function, *specs: tuple[str, Any]) -> Function:
    """`f` after a journey through bytes; each spec is a shape in symbols, and a dtype."""
    scope = export.SymbolicScope()
    args = [jax.ShapeDtypeStruct(export.symbolic_shape(shape, scope=scope), dtype) for shape, dtype in specs]
    return export.deserialize(export.export(jax.jit(f))(*args).serialize()).call


def with_gradient(f: Function) -> Function:
    """The value, and the derivatives of the sum of its sines in every input of floating point."""

    def both(*xs: Any) -> Any:
        moved = tuple(n for n, x in enumerate(xs) if jnp.issubdtype(x.dtype, jnp.floating))
        total = jax.grad(lambda *xs: jnp.sum(jnp.sin(f(*xs))), argnums=moved)
        return f(*xs), total(*xs)

    return both


def require_same(
    f: Function, specs: list[tuple[str, Any]], draws: list[Callable[[int], Any]], rows: Any = ROWS
) -> None:
    f = with_gradient(f)
    got = exported(f, *specs)
    for count in rows:
        inputs = [draw(count) for draw in draws]
        one, other = jax.tree.leaves(got(*inputs)), jax.tree.leaves(jax.jit(f)(*inputs))
        for z, w in zip(one, other, strict=True):
            # Sums of at most 2,049 products in another order: the root of so many roundings of the largest, times 60.
            np.testing.assert_allclose(z, w, rtol=0, atol=3000 * np.finfo(w.dtype).eps * (1 + np.abs(w).max()))
            assert z.shape == w.shape and z.dtype == w.dtype


def normal(*shape: int, dtype: Any = np.float64) -> Any:
    return jnp.asarray(np.random.default_rng(sum(shape)).normal(size=shape), dtype)


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("lowering", [None, *LOWERINGS])
def test_contract(example: str, lowering: str | None):
    """The last input is shared by all rows, so that its gradient is a sum over them."""
    plan = EXAMPLES[example]()
    *rowwise, shared = plan.sizes[:-1]
    specs = [*((f"rows, {size}", np.float64) for size in rowwise), (f"{shared}", np.float64)]
    draws = [*(lambda rows, size=size: normal(rows, size) for size in rowwise), lambda rows: normal(shared)]
    require_same(lambda *xs: contract(plan, *xs, lowering=lowering), specs, draws)


OPS: dict[str, tuple[Function, list[str]]] = {
    "the table of a symmetric contraction": (
        lambda x, w: (
            eqlib.symmetric_contraction(
                eqlib.IrrepsArray("4x0e+4x1o+4x2e", x), w.reshape(-1, 4), "0e+1o", degree=3
            ).array
        ),
        ["rows, 36", "_"],
    ),
    "matrix products of a tensor product": (
        lambda x, y: eqlib.tensor_product(eqlib.IrrepsArray("16x0e+16x1o", x), eqlib.IrrepsArray("0e+1o+2e", y)).array,
        ["rows, 64", "rows, 9"],
    ),
    "harmonics": (
        lambda x: eqlib.spherical_harmonics([0, 1, 2, 3], eqlib.IrrepsArray("1o", x), normalize=True).array,
        ["rows, 3"],
    ),
}


def num_weights() -> int:
    return 4 * len(eqlib.symmetric_contraction_paths("4x0e+4x1o+4x2e", "0e+1o", degree=3))


@pytest.mark.parametrize("op", OPS)
def test_ops(op: str):
    f, shapes = OPS[op]
    shapes = [shape.replace("_", str(num_weights())) for shape in shapes]
    sizes = [int(shape.rpartition(",")[2]) for shape in shapes]
    draws = [
        (lambda rows, size=size: normal(rows, size)) if "rows" in shape else lambda rows, size=size: normal(size)
        for shape, size in zip(shapes, sizes, strict=True)
    ]
    require_same(f, [(shape, np.float64) for shape in shapes], draws)


@pytest.mark.parametrize("run", [on_cpu, on_any_platform])
def test_a_program_that_runs_as_a_loop(run: Function, monkeypatch: pytest.MonkeyPatch):
    program = harmonics_program((1, 2), "component", of_direction=True)
    with monkeypatch.context() as patch:
        patch.setattr(choose_program, "LONG", -1)
        got = exported(lambda x: run(x, program=program), ("rows, 3", np.float64))
    for rows in (1, 3 * choose_program.SAMPLES_ON_CPU + 5):
        x = normal(rows, 3)
        np.testing.assert_allclose(got(x)[0], evaluate(program, x)[0], rtol=0, atol=1e-14)


def conv(x: Any, y: Any, w: Any, senders: Any, receivers: Any) -> Any:
    graph = eqlib.Graph(senders, receivers, x.shape[0])
    return eqlib.conv(eqlib.IrrepsArray("8x0e+8x1o", x), eqlib.IrrepsArray("0e+1o", y), w, graph).array


def ends(edges: int) -> Any:
    """Edges between 5 nodes, of which some end nowhere."""
    return jnp.asarray(np.random.default_rng(edges).integers(-1, 5, edges), jnp.int32)


def test_messages():
    copies = eqlib.tensor_product("8x0e+8x1o", "0e+1o").num_irreps
    specs = [("nodes, 32", float), ("edges, 4", float), (f"edges, {copies}", float), ("edges", "i4"), ("edges", "i4")]
    draws = [
        lambda _: normal(5, 32),
        lambda n: normal(n, 4),
        lambda n: normal(n, copies),
        ends,
        lambda n: ends(n)[::-1],
    ]
    require_same(conv, specs, draws, rows=(1, 2 * MAX_EDGES + 1))


def test_no_kernel_is_launched_for_a_number_of_edges_that_is_a_symbol():
    _, plan = plan_conv(eqlib.Irreps("8x0e"), eqlib.Irreps("0e"))
    (edges,) = export.symbolic_shape("edges")

    def launch(*_: Any) -> Any:
        raise AssertionError("a kernel was launched")

    def kernels(ids: Any, y: Any, w: Any) -> Any:
        index = index_of(ids, 5)
        return contract_by_kernels(plan, [normal(5, 8, dtype="f4"), y, w], [index, index], edges, launch)

    with pytest.raises(NoKernel, match="here they are symbols"):
        shapes = (((edges,), "i4"), ((edges, 1), "f4"), ((edges, 8), "f4"))
        jax.eval_shape(kernels, *(jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in shapes))


def test_sums_at_nodes_whose_number_is_a_symbol():
    def f(x: Any, dst: Any, nodes: Any) -> Any:
        z = eqlib.scatter_mean(eqlib.IrrepsArray("1o", x), dst=dst, output_size=nodes.shape[0])
        return z.array + nodes[:, None]

    specs = [("edges, 3", float), ("edges", "i4"), ("nodes", float)]
    require_same(f, specs, [lambda n: normal(n, 3), ends, lambda _: normal(5)])


def test_weights_by_an_index():
    def f(index: Any, x: Any) -> Any:
        x = eqlib.IrrepsArray("4x0e+2x1o", x)
        return eqlib.linear(x, normal(3, 14), "3x0e+1o", index=index).array  # 4 x 3 + 2 x 1 weights of a row

    draws = [lambda n: jnp.arange(n, dtype="i4") % 3, lambda n: normal(n, 10)]
    require_same(f, [("rows", "i4"), ("rows, 10", float)], draws)


def test_the_index_of_a_graph_counts_what_a_search_finds():
    ids = ends(300)
    index = index_of(ids, 5)
    kept = jnp.where(ids < 0, 5, ids)
    np.testing.assert_array_equal(index.starts, np.searchsorted(np.sort(kept), np.arange(6)))
    np.testing.assert_array_equal(index.order, np.argsort(kept, kind="stable"))


def test_an_output_size_that_is_no_number_is_refused_as_before():
    with pytest.raises(LayoutError, match=r"output_size is 2\.5"):
        eqlib.scatter_sum(eqlib.IrrepsArray("1o", normal(3, 3)), dst=jnp.arange(3), output_size=2.5)
