"""Ethanol with GFN2-xTB energies and forces: a small real data set and what reads, remakes and draws it."""
