"""A trained potential in molecular dynamics: by ASE, and without eqlib by LAMMPS."""
