"""The functions of a distance, of the length of a vector."""

import jax

import eqlib
from eqlib import IrrepsArray
from proofs.programs.program import Program

CUTOFF = 3.0


def of_length(x: IrrepsArray) -> list[jax.Array]:
    r = eqlib.norm(x).array
    return [
        eqlib.bessel(r[0], 4, CUTOFF),
        eqlib.soft_one_hot_linspace(r[0], start=0.0, end=CUTOFF, number=4, basis="gaussian", cutoff=True),
        eqlib.poly_envelope(5, 2, CUTOFF)(r),
        eqlib.soft_envelope(r, CUTOFF),
        eqlib.sus(r),
    ]


PROGRAMS = (
    Program(
        ("bessel", "soft_one_hot_linspace", "poly_envelope", "soft_envelope", "sus"),
        of_length,
        ("1o",),
        ["4x0e", "4x0e", "0e", "0e", "0e"],
    ),
)
