"""What to write where a layer of a framework raises what its framework says, and a check could tell more."""

# By the name of what is raised, for no framework is imported here; and by words of its message.
_BY_NAME = {
    "ModifyScopeVariableError": (
        "The module changes its variables, as in training, and a check gives it no others to change.\n"
        "  Write check(lambda x: module.apply(variables, x, train=False), ...), as it is used, with its own argument."
    ),
    "InvalidRngError": (
        "The module draws random numbers, and a check gives it no key.\n"
        '  Write check(lambda x: module.apply(variables, x, rngs={"dropout": jax.random.key(0)}), ...), with its names.'
    ),
}
_BY_WORDS = {
    "You must pass a non-None PRNGKey": (
        "The function draws random numbers, and a check gives it no key.\n"
        "  Write check(lambda x: transformed.apply(params, jax.random.key(0), x), ...)."
    )
}

WITH_STATE = (
    "A function of hk.transform_with_state takes its state and a key, and returns its state beside what transforms.\n"
    "  Write check(lambda x: transformed.apply(params, state, jax.random.key(0), x)[0], ...)."
)


def hint(error: BaseException) -> str:
    """The hint for what a layer raised; empty if there is none."""
    by_words = (told for words, told in _BY_WORDS.items() if words in str(error))
    return _BY_NAME.get(type(error).__name__, "") or next(by_words, "")
