"""Proves every theorem, and prints what is known of each public name.

`python -m proofs [--lmax 8] [--part theorems|programs|all] [--only TEXT] [--json] [--output certificate.json]`.
What programs must come to is pinned in proofs/programs; `--part all` runs them too, and then prints what they came to.
`python -m proofs --readme` writes the table of the README from what is pinned, and runs nothing.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

from proofs.certificate import THEOREMS, Verdict, as_json, table
from proofs.programs.program import Outcome
from proofs.programs.table import NAMES, PROGRAMS, certificate, known, readme_table, unknown, write_readme
from proofs.running import each, load_theorems, run_program, run_theorem

PROFILES = {"default": 8, "deep": 15}


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status: 0 if every theorem is proved and every program has its verdicts, 1 otherwise."""
    parser = options_parser()
    options = parser.parse_args(arguments)
    lmax = PROFILES[options.profile] if options.lmax is None else options.lmax
    if options.jobs < 1:
        parser.error(f"--jobs {options.jobs}: at least one process has to do it")
    if lmax < 1:
        parser.error(f"--lmax {lmax}: the theorems are about degrees up to at least 1")
    load_theorems()
    if options.readme:
        write_readme()
        return 0
    claims = [claim for name, claim in sorted(THEOREMS.items()) if options.only in name and options.part != "programs"]
    programs = [one for one in PROGRAMS if options.only in one.title and options.part != "theorems"]
    if not claims and not programs:
        parser.error(f"no theorem has {options.only!r} in its name, and no program")
    verdicts = list(each(partial(run_theorem, lmax=lmax), [claim.name for claim in claims], options.jobs))
    outcomes = list(each(run_program, [PROGRAMS.index(one) for one in programs], options.jobs))
    text = as_json(verdicts, outcomes, {name: known(name, verdicts, outcomes) for name in NAMES})
    print(text if options.json else report(verdicts, outcomes))
    if not options.json and options.part == "theorems" and not options.only:
        print(f"\nPinned of each public name; `python -m proofs --part all` finds it again:\n\n{readme_table()}")
    if options.output is not None:
        options.output.write_text(text + "\n", encoding="utf-8")
    is_slow = too_slow("proofs", verdicts, options.limit) | too_slow("programs", outcomes, options.limit_programs)
    is_whole = not options.only and options.part == "all"
    is_right = all(v.proved for v in verdicts) and all(one.ok for one in outcomes)
    return 0 if is_right and not is_slow and not (is_whole and unknown(outcomes)) else 1


def options_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proofs", description=__doc__)
    parser.add_argument("--lmax", type=int, help="the greatest degree (default: that of the profile)")
    parser.add_argument("--profile", choices=PROFILES, default="default", help="default: l <= 8; deep: l <= 15")
    parser.add_argument(
        "--part", choices=("theorems", "programs", "all"), default="theorems", help="what to do (default: theorems)"
    )
    parser.add_argument("--only", metavar="TEXT", default="", help="only theorems and programs whose name has TEXT")
    parser.add_argument("--json", action="store_true", help="print the certificate as JSON")
    parser.add_argument("--output", type=Path, help="write the certificate to this file as JSON")
    parser.add_argument("--readme", action="store_true", help="write the table of the README, and run nothing")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many processes to use (default: 1)")
    for part in ("", "-programs"):
        what = part.removeprefix("-") or "proofs"
        parser.add_argument(f"--limit{part}", type=float, metavar="SECONDS", help=f"of CPU time, for the {what}")
    return parser


def report(verdicts: list[Verdict], outcomes: list[Outcome]) -> str:
    """The theorems, then what is known of each public name."""
    return "\n\n".join(
        [*([table(verdicts)] if verdicts else []), *([certificate(verdicts, outcomes)] if outcomes else [])]
    )


def too_slow(what: str, done: list[Verdict] | list[Outcome], limit: float | None) -> bool:
    """Whether a part took more CPU time than it may, and says so."""
    seconds = sum(one.seconds for one in done)
    is_slow = limit is not None and seconds > limit
    if is_slow:
        print(f"the {what} took {seconds:.0f} CPU seconds, more than {limit:.0f}", file=sys.stderr)
    return is_slow


if __name__ == "__main__":
    sys.exit(main())
