"""What keeps a training from beginning, or ends it: each message says why, and what to write instead."""


class ConfigError(ValueError):
    """A training cannot be what its config says."""


class DataError(ValueError):
    """A data set cannot be used as it is."""


class CheckpointError(ValueError):
    """A checkpoint is not of this training."""


class TrainingError(ArithmeticError):
    """The parameters of a training have run away."""
