"""The numbers of a kernel: how each dtype is stored and computed with, in CUDA C++."""

from typing import NamedTuple

import numpy as np

from eqlib.o3.surd import Surd, binary_format


class Scalars(NamedTuple):
    """A dtype in CUDA C++: the type that is stored, the type of arithmetic, and how one becomes the other."""

    stored: str
    computed: str
    load: str
    store: str


# Headers of the toolkit are not in the package of the compiler: 16-bit numbers are converted by the instruction itself.
SCALARS = {
    "float32": Scalars("float", "float", "return bits;", "return x;"),
    "float64": Scalars("double", "double", "return bits;", "return x;"),
    "bfloat16": Scalars(
        "unsigned short",
        "float",
        "return __uint_as_float((unsigned)bits << 16);",
        'unsigned short bits; asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(x)); return bits;',
    ),
    "float16": Scalars(
        "unsigned short",
        "float",
        'float x; asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits)); return x;',
        'unsigned short bits; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x)); return bits;',
    ),
}


def computed_dtype(dtype: str) -> np.dtype:
    """The dtype of arithmetic on a dtype: 32 bits at least."""
    return np.dtype("float64" if dtype == "float64" else "float32")


def literal(number: Surd, dtype: str) -> str:
    """An exact number, correctly rounded once."""
    to = computed_dtype(dtype)
    rounded = number.nearest(binary_format(to))
    return f"{np.float32(rounded)!s}f" if to == np.float32 else repr(float(rounded))


def prelude(dtype: str, index: str) -> str:
    """The types and the conversions of a kernel for a dtype, and for indices of another."""
    scalars = SCALARS[dtype]
    return f"""\
typedef {scalars.stored} stored;
typedef {scalars.computed} real;
typedef {"long long" if index == "int64" else "int"} index;
static __device__ __forceinline__ real opened(stored bits) {{ {scalars.load} }}
static __device__ __forceinline__ stored closed(real x) {{ {scalars.store} }}
// What is read or written once should not drive out of the cache what is read again.
static __device__ __forceinline__ real load(const stored* p) {{ return opened(__ldg(p)); }}
static __device__ __forceinline__ real load_once(const stored* p) {{ return opened(__ldcs(p)); }}
static __device__ __forceinline__ void store_once(stored* p, real x) {{ __stcs(p, closed(x)); }}
"""
