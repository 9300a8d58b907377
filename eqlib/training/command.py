"""The command `eqlib train`: a potential from a config and labelled frames."""

import argparse
import sys
from pathlib import Path

from eqlib.training.errors import CheckpointError, ConfigError, DataError, TrainingError
from eqlib.training.job import Job, prepare
from eqlib.training.metrics import table_of
from eqlib.training.optional import load_part
from eqlib.training.reading import read_config

TRAINED, FAILED, NOT_BEGUN = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eqlib train`."""
    parser.description = (
        "Trains a model on labelled frames, as the config says, and keeps checkpoints: the same command again goes on "
        "where a training was stopped. eqlib/training/README.md has all keys of the config."
    )
    parser.epilog = (
        f"The exit status is {TRAINED} if the model is trained, {FAILED} if the training failed or was stopped, "
        f"{NOT_BEGUN} if it could not begin."
    )
    parser.add_argument("config", type=Path, help="a TOML file")
    parser.add_argument("--restart", action="store_true", help="begin anew, whatever checkpoint there is")
    parser.add_argument("--check", action="store_true", help="check the config and the data, and train nothing")


def run(arguments: argparse.Namespace) -> int:
    """Does what the arguments say; 0 trained, 1 failed, 2 could not begin."""
    try:
        config = read_config(arguments.config)
        if arguments.check:
            print(_summary(prepare(config)))
            return TRAINED
        training = load_part("run")
        result = training.train(config, restart=arguments.restart)
    except (ConfigError, DataError, CheckpointError, OSError, ImportError) as error:
        print(f"eqlib train: {error}", file=sys.stderr)
        return NOT_BEGUN
    except TrainingError as error:
        print(f"eqlib train: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\neqlib train: stopped; the same command goes on from the last checkpoint", file=sys.stderr)
        return FAILED
    print(table_of(result.errors))
    print(f"the potential: {result.output / training.MODEL}")
    return TRAINED


def _summary(job: Job) -> str:
    """What would be trained, on what."""
    frames = ", ".join(f"{len(dataset)} {name}" for name, dataset in job.datasets.items())
    return f"nothing is wrong with the data: {frames}\n{job.potential({}).model}"
