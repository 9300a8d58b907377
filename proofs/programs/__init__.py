"""eqlib under its own law: every public op, layer and model, with what it takes and the verdicts that it must have.

Theorems are about tables and plans. Here the programs themselves are run, by `eqlib.testing.prove` on exact numbers and
by `eqlib.testing.check` in float32 and float64. `ci/names.py` lets no public function be without an entry.
"""
