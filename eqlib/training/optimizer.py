"""The optimiser and its learning rate, from optax."""

from collections.abc import Callable
from typing import Any

import optax

from eqlib.training.config import Optimizer


def schedule_of(options: Optimizer, steps: int) -> Callable[[Any], Any]:
    """The learning rate at each step.

    Example:
        >>> print(f"{schedule_of(Optimizer(learning_rate=1.0), steps=100)(50):.3f}")
        0.500
    """
    rest = max(steps - options.warmup_steps, 1)
    rate = options.learning_rate
    after = optax.cosine_decay_schedule(rate, rest) if options.schedule == "cosine" else optax.constant_schedule(rate)
    if not options.warmup_steps:
        return after
    rise = optax.linear_schedule(rate / options.warmup_steps, rate, options.warmup_steps - 1)
    return optax.join_schedules([rise, after], [options.warmup_steps])


def optimizer_of(options: Optimizer, steps: int) -> optax.GradientTransformation:
    """The optimiser: gradients are clipped, then scaled, then parameters shrink, then the learning rate counts."""
    parts = [
        optax.clip_by_global_norm(options.clip_norm) if options.clip_norm else optax.identity(),
        optax.scale_by_adam() if options.name == "adam" else optax.scale_by_amsgrad(),
        optax.add_decayed_weights(options.weight_decay) if options.weight_decay else optax.identity(),
        optax.scale_by_learning_rate(schedule_of(options, steps)),
    ]
    return optax.chain(*parts)
