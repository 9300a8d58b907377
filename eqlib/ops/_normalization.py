"""The scale of a Clebsch-Gordan block under each normalisation of irreps."""

from eqlib.errors import IrrepsError
from eqlib.o3 import Irrep, Surd


def known_normalization(irrep_normalization: str | None) -> str:
    """None is component, the default, as it is in e3nn-jax."""
    return "component" if irrep_normalization is None else irrep_normalization


def product_scale(ir1: Irrep, ir2: Irrep, ir3: Irrep, irrep_normalization: str) -> Surd:
    """The factor of the unit-norm block C[i, j, k] in a product of irreps.

    component  sqrt(dim 3): independent inputs whose components have unit variance give such outputs
    norm       sqrt(dim 1 dim 2): independent inputs of unit expected squared norm give such outputs
    none       1
    """
    match irrep_normalization:
        case "component":
            return Surd.sqrt(ir3.dim)
        case "norm":
            return Surd.sqrt(ir1.dim * ir2.dim)
        case "none":
            return Surd.of(1)
    raise IrrepsError(
        f"there is no irrep_normalization {irrep_normalization!r}.\n  Write 'component', 'norm' or 'none'."
    )
