"""Proves every theorem and prints the certificate: `python -m proofs [--lmax 8] [--output certificate.json]`."""

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path

import proofs
from proofs.certificate import THEOREMS, decide, table, write_json

PROFILES = {"default": 8, "deep": 15}


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status: 0 if every theorem is proved, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m proofs", description=__doc__)
    parser.add_argument("--lmax", type=int, help="the greatest degree (default: that of the profile)")
    parser.add_argument("--profile", choices=PROFILES, default="default", help="default: l <= 8; deep: l <= 15")
    parser.add_argument("--only", metavar="TEXT", default="", help="only theorems whose name contains TEXT")
    parser.add_argument("--output", type=Path, help="write the certificate to this file as JSON")
    parser.add_argument(
        "--limit", type=float, metavar="SECONDS", help="fail if the proofs take more CPU time than this"
    )
    options = parser.parse_args(arguments)
    lmax = PROFILES[options.profile] if options.lmax is None else options.lmax
    if lmax < 1:
        parser.error(f"--lmax {lmax}: the theorems are about degrees up to at least 1")
    for module in pkgutil.iter_modules(proofs.__path__):
        if module.name != "__main__":
            importlib.import_module(f"proofs.{module.name}")
    claims = [claim for name, claim in sorted(THEOREMS.items()) if options.only in name]
    if not claims:
        parser.error(f"no theorem has {options.only!r} in its name")
    verdicts = []
    for claim in claims:
        print(f"proving {claim.name} ...", file=sys.stderr, flush=True)
        verdicts.append(decide(claim, lmax))
    print(table(verdicts))
    if options.output is not None:
        write_json(verdicts, options.output)
    seconds = sum(verdict.seconds for verdict in verdicts)
    is_slow = options.limit is not None and seconds > options.limit
    if is_slow:
        print(f"the proofs took {seconds:.0f} CPU seconds, more than {options.limit:.0f}")
    return 0 if all(verdict.proved for verdict in verdicts) and not is_slow else 1


if __name__ == "__main__":
    sys.exit(main())
