"""The errors of eqlib: each says what was wrong, why, and what to write instead."""


class IrrepsError(ValueError):
    """The irreps of the operands do not permit the operation, or the operation is not equivariant."""


class LayoutError(ValueError):
    """The shape or memory layout of an array does not fit its irreps."""


class LoweringError(ValueError):
    """A lowering that was asked for by name cannot run this plan on this device or dtype."""
