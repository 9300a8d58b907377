"""The passes of a plan over edges, and kernels that run without a device."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.lowering.cuda import nvrtc
from eqlib.lowering.cuda.contraction import contract_by_kernels
from eqlib.lowering.index import index_of
from eqlib.lowering.xla_indexed import compute_indexed
from eqlib.o3 import Irreps
from eqlib.ops.conv import plan_conv
from eqlib.plan import indexed
from tests.lowering.cuda import ptx_machine


def _has_compiler():
    try:
        return bool(nvrtc.version())
    except nvrtc.NoCompiler:
        return False


needs_compiler = pytest.mark.skipif(not _has_compiler(), reason="NVRTC is not here: pip install nvidia-cuda-nvrtc-cu12")

PASSES = ("forward", "tangent", "backward", "double backward")


def conv(irreps1, irreps2, lmax=None, **options):
    """The plan of conv; with `lmax`, of the irreps up to there that have the parity of their degree."""
    kept = None if lmax is None else tuple(ir for _, ir in Irreps("0e + 1o + 2e + 3o")[: lmax + 1])
    return plan_conv(irreps1, irreps2, kept, **options)[1]


@functools.cache
def passes(plan):
    """What a training step with forces computes: the plan, its tangent, its gradients and theirs, in all inputs."""
    count = len(plan.inputs)
    tangent = indexed.derivative(plan, tuple(range(count)))
    backward = indexed.transpose(tangent, tuple(range(count, 2 * count)))
    moving = indexed.derivative(backward, tuple(range(count + 1)))
    double = indexed.transpose(moving, tuple(range(count + 1, 2 * count + 2)))
    return dict(zip(PASSES, (plan, tangent, backward, double), strict=True))


def draw(plan, edges, rows, dtype="float64", seed=0):
    """Normal numbers for the inputs of a plan."""
    rng = np.random.default_rng(seed)
    counts = [edges if of.at is None else rows[of.at] for of in plan.inputs]
    return [
        jnp.asarray(rng.normal(size=(count, of.size)), dtype) for count, of in zip(counts, plan.inputs, strict=True)
    ]


def indices(ids, rows, dtype="int32"):
    return [index_of(jnp.asarray(i, dtype), count) for i, count in zip(ids, rows, strict=True)]


@functools.cache
def compiled(source, architecture="compute_80"):
    return nvrtc.compile_to_ptx(source, architecture)


def run_on_machine(kernel, arguments, outputs):
    """Launches a compiled kernel on the machine."""
    arguments = [np.asarray(a) for a in arguments]
    shapes = [(z.shape, z.dtype) for z in outputs]
    return [
        jnp.asarray(z) for z in ptx_machine.run(compiled(kernel.source), kernel.grid, kernel.block, arguments, shapes)
    ]


def by_kernels(plan, inputs, of_edges, launch=run_on_machine):
    return contract_by_kernels(plan, inputs, of_edges, of_edges[0].ids.shape[0], launch)


def portably(plan, inputs, of_edges):
    """The same by the portable lowering."""
    edges = of_edges[0].ids.shape[0]
    return jax.jit(lambda *x: compute_indexed(plan, x, of_edges, edges, jax.lax.Precision.HIGHEST))(*inputs)


def meant(plan, inputs, of_edges):
    """The meaning of a plan over edges, path by path, in NumPy."""
    ids, rows = [np.asarray(index.ids) for index in of_edges], [index.rows for index in of_edges]
    has_rows = np.flatnonzero(np.all([ids[k] < rows[k] for k in plan.indices], axis=0))
    values = [_segments(np.asarray(x)[_at(of, ids, has_rows)], of) for x, of in zip(inputs, plan.inputs, strict=True)]
    counts = [len(ids[0]) if of.at is None else rows[of.at] for of in plan.outputs]
    outputs = [np.zeros((count, of.size)) for count, of in zip(counts, plan.outputs, strict=True)]
    for term in plan.terms:
        of = plan.outputs[term.writes]
        sums = [np.zeros((len(has_rows), *segment.extents, segment.dim)) for segment in of.segments]
        for path in term.plan.paths:
            components = "ABCDEFGH"[: len(path.modes)]
            operands = [values[term.reads[n]][s] for n, s in zip(term.plan.slots, path.segments, strict=False)]
            subscripts = [f"n{mode}{c}" for mode, c in zip(path.modes, components, strict=True)]
            table = path.coefficients.numpy(np.float64, path.scale)
            equation = f"{components},{','.join(subscripts[:-1])}->{subscripts[-1]}"
            sums[path.segments[-1]] += np.einsum(equation, table, *operands, optimize="greedy")
        added = np.concatenate([part.reshape(len(has_rows), -1) for part in sums], axis=1)
        np.add.at(outputs[term.writes], _at(of, ids, has_rows), added)
    return outputs


def _at(of, ids, edges):
    return edges if of.at is None else ids[of.at][edges]


def _segments(x, of):
    ends = np.cumsum([segment.size for segment in of.segments])
    return [
        x[:, end - segment.size : end].reshape(len(x), *segment.extents, segment.dim)
        for end, segment in zip(ends, of.segments, strict=True)
    ]


def require_close(found, wanted, relative):
    """Within a fraction of the largest number of each output, which must not be zero."""
    assert len(found) == len(wanted)
    for z, w in zip(found, wanted, strict=True):
        assert z.shape == w.shape
        size = np.max(np.abs(w), initial=0)
        assert size > 0 or w.size == 0
        np.testing.assert_allclose(np.asarray(z, float), np.asarray(w, float), rtol=0, atol=relative * size)
