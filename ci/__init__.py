"""Checks of the house itself: `python -m ci.<name>` prints what is wrong and exits 1 if anything is."""
