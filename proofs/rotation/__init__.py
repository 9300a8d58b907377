"""Theorems about rotations: the functions of `spec/rotation/`, run on symbols or exact numbers instead of floats."""

from . import euler_angles as euler_angles
from . import forms as forms
from . import quaternions as quaternions
from . import random as random
