"""The compiler of CUDA C++ at run time, NVRTC, by ctypes: no toolkit, no headers, no GPU.

The library comes with the pip package `nvidia-cuda-nvrtc` (`nvidia-cuda-nvrtc-cu12` for CUDA 12), of which
`jax[cuda12]` and `jax[cuda13]` consist among others.
"""

import ctypes
import functools
import glob
import os
import sys
from typing import Any

OPTIONS = ("--std=c++17", "-default-device")


class NoCompiler(RuntimeError):
    """Why there is no NVRTC, or why it does not compile."""


def compile_to_ptx(source: str, architecture: str) -> str:
    """The PTX of a source text, for an architecture such as `compute_90` and newer ones.

    Raises: NoCompiler if the library is not found, or with what it says of the text.
    """
    nvrtc, program = _library(), ctypes.c_void_p()
    _check(nvrtc, nvrtc.nvrtcCreateProgram(ctypes.byref(program), source.encode(), b"kernel.cu", 0, None, None))
    try:
        options = [f"--gpu-architecture={architecture}".encode(), *(option.encode() for option in OPTIONS)]
        failed = nvrtc.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
        if failed:
            log = _text(nvrtc, nvrtc.nvrtcGetProgramLogSize, nvrtc.nvrtcGetProgramLog, program)
            raise NoCompiler(f"NVRTC does not compile for {architecture}: {log.strip() or _reason(nvrtc, failed)}")
        return _text(nvrtc, nvrtc.nvrtcGetPTXSize, nvrtc.nvrtcGetPTX, program)
    finally:
        nvrtc.nvrtcDestroyProgram(ctypes.byref(program))


@functools.cache
def version() -> str:
    """The version of the compiler, such as `12.9`.

    Raises: NoCompiler if the library is not found.
    """
    nvrtc, major, minor = _library(), ctypes.c_int(), ctypes.c_int()
    _check(nvrtc, nvrtc.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor)))
    return f"{major.value}.{minor.value}"


@functools.cache
def _library() -> ctypes.CDLL:
    for path in (*_packaged(), "libnvrtc.so.13", "libnvrtc.so.12"):
        try:
            # NVRTC opens its builtins by their bare name, which finds them only if they are loaded already.
            for builtins in glob.glob(os.path.join(os.path.dirname(path), "libnvrtc-builtins.so.*")):
                ctypes.CDLL(builtins, mode=ctypes.RTLD_GLOBAL)
            library = ctypes.CDLL(path)
        except OSError:
            continue
        library.nvrtcGetErrorString.restype = ctypes.c_char_p
        return library
    raise NoCompiler("libnvrtc is not found: pip install 'eqlib[cuda]', or nvidia-cuda-nvrtc-cu12 alone")


def _packaged() -> list[str]:
    """The libraries that pip has installed, the newest first."""
    patterns = ("nvidia/cu13/lib/libnvrtc.so.13", "nvidia/cuda_nvrtc/lib/libnvrtc.so.1[23]")
    return [path for pattern in patterns for folder in sys.path for path in glob.glob(os.path.join(folder, pattern))]


def _check(nvrtc: ctypes.CDLL, failed: int) -> None:
    if failed:
        raise NoCompiler(f"NVRTC: {_reason(nvrtc, failed)}")


def _reason(nvrtc: ctypes.CDLL, failed: int) -> str:
    return nvrtc.nvrtcGetErrorString(failed).decode()


def _text(nvrtc: ctypes.CDLL, get_size: Any, get: Any, program: ctypes.c_void_p) -> str:
    size = ctypes.c_size_t()
    _check(nvrtc, get_size(program, ctypes.byref(size)))
    text = ctypes.create_string_buffer(size.value)
    _check(nvrtc, get(program, text))
    return text.value.decode()
