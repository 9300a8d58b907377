"""The second kernel: sums over the edges of every row, of what another kernel wrote for each edge."""

from eqlib.lowering.cuda.scalars import prelude

NAME = "segment_sum"
THREADS = 128


def source(dtype: str, index: str) -> str:
    """A kernel that sums numbers of an edge in the order of an index, and stores the sums in a dtype.

    Its arguments are `edges`, the numbers; `order` and `starts` of the index; `sizes`, the number of its rows and of
    the numbers of an edge; and `out`. A block has a row, a thread one of the numbers.
    """
    return f"""\
{prelude(dtype, index)}
extern "C" __global__ void __launch_bounds__({THREADS}) {NAME}(
    const real* __restrict__ edges,
    const index* __restrict__ order,
    const index* __restrict__ starts,
    const index* __restrict__ sizes,
    stored* __restrict__ out) {{
  const size_t row = blockIdx.x, size = sizes[1], at = blockIdx.y * {THREADS} + threadIdx.x;
  if (at >= size) return;
  real sum = 0;
  const index end = starts[row + 1];
  // The loads do not wait for one another, the additions keep their order.
  #pragma unroll 4
  for (index j = starts[row]; j < end; ++j) sum += __ldcs(edges + (size_t)order[j] * size + at);
  out[row * size + at] = closed(sum);
}}
"""
