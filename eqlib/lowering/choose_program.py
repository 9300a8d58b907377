"""The lowering of a straight-line program: one operation for each of its steps, or a loop over them if they are many.

XLA compiles a program of 1,000 steps in a second and runs it from registers, at three times the speed of the loop. What
it compiles grows faster than the program: all that a fusion reads is computed in it again, for each of the outputs.
"""

from eqlib.lowering.xla_blocks import in_blocks
from eqlib.lowering.xla_components import Row, interleaved, stacked
from eqlib.plan.straight_line import StraightLine

# A program of more steps runs as a loop. For the gradient of a loss of forces, of 2,000 rows of harmonics up to degree
# 8, 9 and 10 (2,008, 2,485 and 3,010 steps), the loop took 1.1, 0.9 and 0.6 of the CPU time of the operations; it
# compiled in a half of theirs at degree 8 and in a third at 10. Of degree 11 at the third order (9,969 steps) they take
# minutes and 8 GB to compile.
LONG = 2200

# The samples of a turn of the loop. On a CPU 256 and 512 were equally fast, and 128 took up to 1.4 times as long; with
# 256, the values of 10,000 steps fill 10 MB. Elsewhere, what a turn costs must be shared by many: of 16,384 samples the
# same values fill 0.7 GB. No device but a CPU was measured.
SAMPLES_ON_CPU = 256
SAMPLES = 2**14


def on_any_platform(*inputs: Row, program: StraightLine) -> list[Row]:
    """The outputs of a program."""
    if len(program.steps) > LONG:
        return in_blocks(*inputs, program=program, chunk=SAMPLES)
    return stacked(*inputs, program=program)


def on_cpu(*inputs: Row, program: StraightLine) -> list[Row]:
    """As `on_any_platform`, for a CPU."""
    if len(program.steps) > LONG:
        return in_blocks(*inputs, program=program, chunk=SAMPLES_ON_CPU)
    return interleaved(*inputs, program=program)
