"""The command `eqlib`: what is installed here, and whether a layer of yours is equivariant."""

import argparse
import importlib
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jaxlib
import numpy as np

from eqlib.lowering.choose import LOWERING_OF_PROCESS, LOWERINGS, VARIABLE
from eqlib.version import __version__

# What a shell says of a program that is ended by SIGPIPE, and by SIGINT.
PIPE_CLOSED, STOPPED = 141, 130


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
        "lowerings": ", ".join(LOWERINGS) + (f" ({VARIABLE}={LOWERING_OF_PROCESS})" if LOWERING_OF_PROCESS else ""),
    }
    width = max(map(len, facts))
    print("\n".join(f"{name:<{width}}  {fact}" for name, fact in facts.items()))
    return 0


def command_of(module: str, name: str, help: str) -> Command:
    """A command that a module has, as `add_arguments` and `run`; the module is loaded when the command is called."""
    return Command(
        name,
        help,
        lambda parser: importlib.import_module(module).add_arguments(parser),
        lambda arguments: importlib.import_module(module).run(arguments),
    )


COMMANDS = (
    Command("info", "print versions, devices and lowerings", lambda parser: None, describe_installation),
    command_of("eqlib.testing.command", "check", "check that functions, layers or models are equivariant"),
    command_of("eqlib.testing.prove_command", "prove", "prove that a function, layer or model is equivariant"),
    command_of("eqlib.training.command", "train", "train a potential on labelled frames"),
    command_of("eqlib.benchmarks", "bench", "time every op on this device, beside the peers that are installed"),
    command_of("eqlib.gates.command", "gate", "fail if a function has come to cost more, compiled or in time"),
)


class CommandParser(argparse.ArgumentParser):
    """The parser of one command, which gets its arguments when the command is called, and not before."""

    command: Command | None = None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As its base has it, once the arguments are there."""
        if self.command is not None:
            self.command.add_arguments(self)
            self.command = None
        return super().parse_known_args(args, namespace)


def build_parser(commands: Sequence[Command] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of the command line, with one subparser for each command."""
    parser = argparse.ArgumentParser(prog="eqlib", description="E(3)-equivariant functions on JAX.")
    parser.add_argument("--version", action="version", version=f"eqlib {__version__}")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=CommandParser)
    for command in commands:
        subparser = subparsers.add_parser(command.name, help=command.help, description=f"{command.help}.")
        subparser.command = command
        subparser.set_defaults(run=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    try:
        try:
            arguments = build_parser().parse_args(argv)
            return arguments.run(arguments)
        finally:
            sys.stdout.flush()  # a pipe that is closed is noticed here, and not as Python ends
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # takes what Python flushes as it ends
        return PIPE_CLOSED
    except KeyboardInterrupt:
        print("\neqlib: stopped", file=sys.stderr)
        return STOPPED


if __name__ == "__main__":
    sys.exit(main())
