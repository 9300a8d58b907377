"""Models, each written once on the layer core and so for every framework."""

from .allegro import Allegro as Allegro
from .mace import MACE as MACE
from .nequip import NequIP as NequIP
from .potential import all_pairs as all_pairs
from .potential import energy_and_forces as energy_and_forces
from .potential import energy_forces_stress as energy_forces_stress
