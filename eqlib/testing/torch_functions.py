"""Functions and modules of torch, run on NumPy arrays and differentiated by torch itself.

torch is not imported here: whoever has a function of torch has imported it.
"""

import copy
import sys
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float, Real

# From the numbers of a parameter, and whether it is a running statistic, to others.
Change = Callable[[Float[np.ndarray, "..."], bool], Float[np.ndarray, "..."]]

# How the running statistics of torch are called.
_STATISTICS = ("running_mean", "running_var")


def is_loaded() -> bool:
    """Whether something has imported torch."""
    return "torch" in sys.modules


def is_module(fn: Any) -> bool:
    """Whether a function is a module of torch, with parameters of its own."""
    return is_loaded() and isinstance(fn, sys.modules["torch"].nn.Module)


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor of torch."""
    return is_loaded() and isinstance(value, sys.modules["torch"].Tensor)


def in_each_dtype(module: Any, change: Change | None = None) -> Callable[..., Any]:
    """A module as a function of tensors: it is copied, once for each dtype, with its parameters in that dtype."""
    copies: dict[Any, Any] = {}
    module = copy.deepcopy(module)
    if change is not None:
        _change(module, change)

    def call(*inputs: Any) -> Any:
        dtype = next(x.dtype for x in jax.tree.leaves(inputs) if is_tensor(x) and x.is_floating_point())
        if dtype not in copies:
            copies[dtype] = copy.deepcopy(module).to(device="cpu", dtype=dtype)
        return copies[dtype](*inputs)

    return call


def numbers(parameter: Any) -> Any:
    """The numbers of a parameter."""
    return parameter.detach().cpu().double().numpy()


def _change(module: Any, change: Change) -> None:
    """Gives a module other parameters and running statistics; what is made at the first call is not there yet."""
    torch = sys.modules["torch"]
    statistics = [(x, True) for name, x in module.named_buffers() if name.endswith(_STATISTICS)]
    with torch.no_grad():
        for x, is_statistic in (*((x, False) for x in module.parameters()), *statistics):
            if x.is_floating_point() and not torch.nn.parameter.is_lazy(x):
                x.copy_(torch.from_numpy(np.asarray(change(numbers(x), is_statistic))))


def on_arrays(call: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors as one of NumPy arrays, which it cannot overwrite."""
    return lambda *arrays: jax.tree.map(_array, call(*map(_tensor, arrays)))


def results_and_gradients(
    call: Callable[..., list[Any]],
    numbers: Sequence[int],
    cotangents: Sequence[Real[np.ndarray, "..."]],
    arrays: Sequence[Any],
) -> list[Real[np.ndarray, "..."]]:
    """The results of a function of tensors, and what its backward pass makes of the cotangents in the fields `numbers`.

    Where torch finds no way from a field to the results, its gradient is zero.
    """
    tensors = [_tensor(x) for x in arrays]
    fields = [tensors[n].requires_grad_() for n in numbers]
    # The function is given what is computed from the fields, since torch lets nobody overwrite the fields themselves.
    results = call(*(x.clone() for x in tensors))
    reached = [(z, _tensor(v).to(z.dtype)) for z, v in zip(results, cotangents, strict=True) if _has_gradient(z)]
    gradients: Sequence[Any] = [None] * len(fields)
    if reached:
        outputs, seeds = zip(*reached, strict=True)
        gradients = sys.modules["torch"].autograd.grad(outputs, fields, seeds, allow_unused=True)
    found = [np.zeros(x.shape) if g is None else _array(g) for x, g in zip(fields, gradients, strict=True)]
    return [*map(_array, results), *found]


def _tensor(x: Any) -> Any:
    """A tensor of the same numbers, of its own memory; integers as torch wants those that number things."""
    torch, x = sys.modules["torch"], np.array(x)
    if x.dtype == jnp.bfloat16:  # which torch and NumPy do not have in common
        return torch.from_numpy(x.astype(np.float32)).to(torch.bfloat16)
    return torch.from_numpy(x.astype(np.int64) if np.issubdtype(x.dtype, np.integer) else x)


def _array(value: Any) -> Any:
    if not is_tensor(value):
        return value
    value = value.detach().cpu()
    return (value.float() if value.dtype == sys.modules["torch"].bfloat16 else value).numpy()


def _has_gradient(value: Any) -> bool:
    return is_tensor(value) and value.requires_grad
