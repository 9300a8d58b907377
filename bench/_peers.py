"""The other libraries of the field: which are here, and why the others are not timed."""

import importlib
import importlib.util
from types import ModuleType

PEERS = {
    "e3nn-jax": "e3nn_jax",
    "cuequivariance-jax": "cuequivariance_jax",
    "sphericart-jax": "sphericart.jax",
    "e3j": "e3j",
    "openequivariance": "openequivariance",
    "e3nn": "e3nn",
}
"""Distributions, and their modules. Those of JAX are timed where they are installed and a workload says how to call
them; e3nn and openequivariance compute in torch, and are only listed."""

TORCH = {"e3nn", "openequivariance"}


def available() -> tuple[dict[str, ModuleType], dict[str, str]]:
    """The peers that can be timed here, and of the others why they cannot."""
    found = {name: _load(name) for name in PEERS}
    modules = {name: value for name, value in found.items() if isinstance(value, ModuleType)}
    return modules, {name: value for name, value in found.items() if isinstance(value, str)}


def _load(name: str) -> ModuleType | str:
    module = PEERS[name]
    if importlib.util.find_spec(module.partition(".")[0]) is None:
        return "missing"
    if name in TORCH:
        return "computes in torch"
    try:
        return importlib.import_module(module)
    except ImportError as error:
        return f"cannot be imported: {str(error).strip().split(', ')[0]}"
