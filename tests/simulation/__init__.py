"""Potentials at work, in the programs that simulate."""
