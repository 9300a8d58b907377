"""The command `eqlib`: what is installed here, and the commands that later parts of the library add."""

import argparse
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import jaxlib
import numpy as np

from eqlib.lowering.choose import LOWERINGS
from eqlib.version import __version__


@dataclass(frozen=True)
class Command:
    """A subcommand: its name, one line of help, its arguments, and what it does; `run` returns the exit status."""

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def describe_installation(arguments: argparse.Namespace) -> int:
    """Prints versions, devices and lowerings: what a report of a fault should begin with."""
    devices = ", ".join(f"{device.platform}:{device.id} ({device.device_kind})" for device in jax.devices())
    facts = {
        "eqlib": __version__,
        "python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "jax": f"{jax.__version__}, jaxlib {jaxlib.__version__}",
        "numpy": np.__version__,
        "devices": devices,
        "float64": "on" if jax.config.read("jax_enable_x64") else "off",
        "lowerings": ", ".join(LOWERINGS),
    }
    width = max(map(len, facts))
    print("\n".join(f"{name:<{width}}  {fact}" for name, fact in facts.items()))
    return 0


COMMANDS = (Command("info", "print versions, devices and lowerings", lambda parser: None, describe_installation),)


def build_parser(commands: Sequence[Command] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of the command line, with one subparser for each command."""
    parser = argparse.ArgumentParser(prog="eqlib", description="E(3)-equivariant functions on JAX.")
    parser.add_argument("--version", action="version", version=f"eqlib {__version__}")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in commands:
        subparser = subparsers.add_parser(command.name, help=command.help, description=f"{command.help}.")
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    arguments = build_parser().parse_args(argv)
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
