"""The machine catches what a device would not report: each fault is planted in a kernel that is right without it."""

import numpy as np
import pytest

from eqlib.lowering.cuda import nvrtc
from tests.lowering.cuda import ptx_machine
from tests.lowering.cuda.passes import needs_compiler

pytestmark = needs_compiler

HEADER = 'extern "C" __global__ void kernel(const float* x, float* out) {'
EXCHANGE = """
  __shared__ float both[64];
  both[threadIdx.x] = x[threadIdx.x];
  __syncwarp();
  out[threadIdx.x] = both[threadIdx.x ^ 1];
}"""


def run(body, threads=32, outputs=32, inputs=32):
    x = np.arange(inputs, dtype=np.float32)
    ptx = nvrtc.compile_to_ptx(HEADER + body, "compute_80")
    return ptx_machine.run(ptx, (1, 1), (threads, 1), [x], [((outputs,), np.float32)])[0]


def test_a_kernel_that_is_right():
    np.testing.assert_array_equal(run(EXCHANGE), np.arange(32) ^ 1)


@pytest.mark.parametrize(
    "body, message",
    [
        ("out[threadIdx.x] = x[threadIdx.x + 1]; }", "argument 0: 32 is not below 32"),
        ("out[threadIdx.x + 1] = x[threadIdx.x]; }", "argument 1: 32 is not below 32"),
        ("out[0] = x[threadIdx.x]; }", "output 0: 31 never written, 1 twice"),
        ("if (x[threadIdx.x] != 3) out[threadIdx.x] = 1; }", "output 0: 1 never written, 0 twice"),
        ("out[threadIdx.x] = 1; if (x[threadIdx.x] == 3) out[7] = 1; }", "output 0: 0 never written, 1 twice"),
        ("out[threadIdx.x] = *(const float*)((const char*)x + threadIdx.x); }", "not aligned"),
        (EXCHANGE.replace("__syncwarp();", ""), "no barrier in between"),
        (EXCHANGE.replace("^ 1]", "+ 64]"), "outside of what is shared"),
        (
            "float y = 0; if (x[threadIdx.x] < 5) y = __shfl_xor_sync(-1, x[threadIdx.x], 1); out[threadIdx.x] = y; }",
            "a warp has parted",
        ),
    ],
)
def test_a_planted_fault(body, message):
    with pytest.raises(AssertionError, match=message):
        run(body)


def test_threads_that_part_meet_again():
    """Threads leave a loop after different numbers of rounds, and exchange numbers behind it."""
    body = """
  float y = 0;
  for (int n = 0; n < (int)x[threadIdx.x]; ++n) y += 2;
  out[threadIdx.x] = __shfl_xor_sync(0xffffffff, y, 8);
}"""
    np.testing.assert_array_equal(run(body), 2 * (np.arange(32) ^ 8))


def test_arithmetic_is_that_of_the_dtype():
    body = "float y = x[threadIdx.x]; out[threadIdx.x] = fmaf(y, y, 0.1f) * 3.0f - y; }"
    x = np.arange(32, dtype=np.float32)
    fused = (x.astype(float) * x + np.float32(0.1)).astype(np.float32)
    # What follows is a product and a difference, and the compiler makes one operation of them.
    np.testing.assert_array_equal(run(body), (fused.astype(float) * 3 - x).astype(np.float32))
