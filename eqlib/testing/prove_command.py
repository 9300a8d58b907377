"""The command `eqlib prove`: a proof of one function from the shell."""

import argparse
import sys

from eqlib.testing.command import OK, REFUTED, UNDECIDED, add_target, as_json, carry_out, task_of
from eqlib.testing.exact.proof import Decision
from eqlib.testing.proving import METHODS, prove
from eqlib.testing.targets import Unusable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eqlib prove`."""
    parser.description = "Proves that a function, layer or model is equivariant, in exact arithmetic."
    parser.epilog = (
        f"The exit status is {OK} if it is proved or checked exactly, {REFUTED} if it is refuted, {UNDECIDED} if it "
        "could not be decided."
    )
    add_target(parser)
    parser.add_argument("--method", choices=METHODS, default="auto", help="of proof (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Proves what the arguments name; 0 proved or checked exactly, 1 refuted, 2 could not decide."""
    try:
        proof = carry_out(prove, task_of(arguments, "prove"), done="proved", method=arguments.method)
    except Unusable as error:
        if arguments.json:
            print(as_json([error]))
        print(f"eqlib prove: {error}", file=sys.stderr)
        return UNDECIDED
    print(as_json([proof]) if arguments.json else proof)
    return OK if proof.ok else REFUTED if proof.verdict is Decision.REFUTED else UNDECIDED
