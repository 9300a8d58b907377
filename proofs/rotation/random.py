"""Theorems about random rotations."""

import numpy as np
import sympy

from proofs.certificate import ProofFailed, theorem
from proofs.rotation.conversions import FORMS, as_tuple, equal, to_matrix
from proofs.rotation.exact_angles import Irrational, uniform_numbers
from proofs.rotation.symbolic_angles import ALPHA, BETA, GAMMA, derivative, require_zero
from spec import rotation as spec


@theorem(
    statement="rand_angles is uniform: the volume of SO(3) in Euler angles is sin(beta) d alpha d beta d gamma, "
    "and alpha, gamma and cos(beta) are drawn uniformly",
    method="determinant of R^T dR, in normal form; alpha = 2 pi u, gamma = 2 pi v and cos(beta) = 2 t - 1, exactly",
    covers=("rand_angles", "rand_matrix"),
    counts="equalities",
    assumes="the Haar measure is the volume of the left-invariant forms R^T dR",
)
def random_rotations_are_uniform(lmax: int) -> int:
    R = spec.angles_to_matrix(ALPHA, BETA, GAMMA)
    velocities = [R.T @ derivative(R, angle) for angle in (ALPHA, BETA, GAMMA)]
    forms = sympy.Matrix([[W[2, 1], W[0, 2], W[1, 0]] for W in velocities])
    cases = sum(require_zero("R^T dR is antisymmetric", W + W.T) for W in velocities)
    cases += require_zero("volume^2 - sin(beta)^2", forms.det() ** 2 - BETA.s**2)
    for (u, v, t), (alpha, beta, gamma) in ((drawn, spec.rand_angles(*drawn)) for drawn in uniform_numbers()):
        if not (alpha == u.angle and gamma == v.angle and np.cos(beta) == 2 * t - 1):
            raise ProofFailed(f"t = {t}: the angles are not those that the uniform numbers say")
        cases += 1
    return cases


@theorem(
    statement="the random rotations of one key are the same rotation in every form",
    method="equality of the matrices, without rounding, for rational turns",
    covers=(
        "rand_matrix",
        "rand_angles",
        "rand_quaternion",
        "rand_axis_angle",
        "rand_log_coordinates",
    ),
    counts="equalities",
)
def random_rotations_agree(lmax: int) -> int:
    cases = 0
    for form in FORMS:
        before = cases
        for drawn in uniform_numbers():
            try:
                same = equal(to_matrix(form, as_tuple(getattr(spec, f"rand_{form}")(*drawn))), spec.rand_matrix(*drawn))
            except Irrational:
                continue
            if not same:
                raise ProofFailed(f"rand_{form} is not rand_matrix for t = {drawn[2]}")
            cases += 1
        if cases - before < 10:
            raise ProofFailed(f"rand_{form} was decided in {cases - before} cases only")
    return cases
