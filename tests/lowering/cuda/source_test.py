"""The text of kernels: it compiles for every architecture and dtype, spills nothing, and is the same on every run."""

import os
import re
import subprocess
import sys

import pytest

from ci.registers import KERNELS, ptxas, registers
from eqlib.lowering.cuda import nvrtc, segment_sum
from eqlib.lowering.cuda.scalars import literal
from eqlib.lowering.cuda.schedule import schedules
from eqlib.lowering.cuda.source import source
from eqlib.o3 import Surd
from tests.lowering.cuda.passes import conv, needs_compiler, passes

pytestmark = needs_compiler

SMALL = passes(conv("40x0e + 3x1o + 1x1e", "0e + 1o", lmax=1))["double backward"]


@pytest.mark.parametrize("architecture", ["compute_80", "compute_90"])
@pytest.mark.parametrize(
    "dtype, index", [("float32", "int32"), ("float64", "int64"), ("bfloat16", "int32"), ("float16", "int64")]
)
def test_kernels_compile(architecture, dtype, index):
    texts = [source(schedule, dtype, index) for schedule in schedules(SMALL)]
    for text in (*texts, segment_sum.source(dtype, index)):
        ptx = nvrtc.compile_to_ptx(text, architecture)
        assert f".target sm_{architecture.removeprefix('compute_')}" in ptx


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_of_the_workloads_spill_nothing(name):
    if ptxas() is None:
        pytest.skip("ptxas is not installed: pip install nvidia-cuda-nvcc-cu12")
    for kernel, used, spilt in registers(name, "sm_90"):
        assert spilt == 0, f"{kernel} spills {spilt} bytes"
        assert 0 < used <= 255


def test_coefficients_are_rounded_once():
    third = Surd.sqrt(3) / 3
    assert literal(third, "float32") == literal(third, "bfloat16") == "0.57735026f"
    assert literal(third, "float64") == "0.5773502691896257"
    assert literal(-Surd.of(2), "float32") == "-2.0f"


def test_the_text_does_not_depend_on_the_process():
    """Or no kernel would be found in the cache again."""
    program = (
        "from tests.lowering.cuda.source_test import SMALL, schedules, source;"
        "[print(source(s, 'float32', 'int32')) for s in schedules(SMALL)]"
    )
    command, environment = [sys.executable, "-c", program], {**os.environ, "PYTHONHASHSEED": "1"}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert found == "".join(source(schedule, "float32", "int32") + "\n" for schedule in schedules(SMALL))


def test_an_error_of_the_compiler_is_told():
    with pytest.raises(nvrtc.NoCompiler, match=r"(?s)compute_80.*undefined"):
        nvrtc.compile_to_ptx('extern "C" __global__ void kernel(float* x) { x[0] = nothing; }', "compute_80")


def test_an_architecture_that_the_compiler_does_not_know():
    with pytest.raises(nvrtc.NoCompiler, match="compute_1"):
        nvrtc.compile_to_ptx('extern "C" __global__ void kernel() {}', "compute_1")


def test_the_version_of_the_compiler():
    assert re.fullmatch(r"1[2-9]\.\d+", nvrtc.version())
