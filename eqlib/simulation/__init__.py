"""Potentials at work: an ASE calculator, an energy for jax-md, a program that runs without eqlib.

`Calculator` is loaded when it is first used: it needs ASE.
"""

import importlib as _importlib
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from .export import export_potential as export_potential
from .export import save_exported as save_exported
from .jax_md import jax_md_energy as jax_md_energy
from .neighbors import Edges as Edges
from .neighbors import NeighborList as NeighborList
from .optional import need as _need
from .prediction import Prediction as Prediction
from .prediction import predict as predict
from .radius_graph import RadiusGraph as RadiusGraph
from .radius_graph import images_within as images_within
from .radius_graph import radius_graph as radius_graph

if _TYPE_CHECKING:
    from .ase import Calculator as Calculator


def __getattr__(name: str) -> _Any:
    if name == "Calculator":
        _need("ase", "eqlib.simulation.Calculator")
        return _importlib.import_module("eqlib.simulation.ase").Calculator
    raise AttributeError(f"eqlib.simulation has no {name!r}.")


def __dir__() -> list[str]:
    return sorted({*globals(), "Calculator"})
