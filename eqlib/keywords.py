"""Parameters by another name: a program written for e3nn-jax may name an operand as e3nn-jax does."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def also_named(**others: str) -> Callable[[F], F]:
    """Lets a parameter be given by the name that it has in e3nn-jax too: `also_named(x="input1", y="input2")`.

    The signature shows the names of eqlib alone. A parameter `*shape` is given by name as one value.

    Raises: TypeError if a parameter is given twice, by either name or by its position.
    Example:
        >>> @also_named(x="input")
        ... def double(x):
        ...     return 2 * x
        >>> double(3), double(x=3), double(input=3)
        (6, 6, 6)
    """

    def decorate(function: F) -> F:
        parameters = list(inspect.signature(function).parameters.values())
        position = {parameter.name: n for n, parameter in enumerate(parameters)}
        is_tuple = {parameter.name: parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters}
        ours = [(other, name, position[name], is_tuple[name]) for name, other in others.items()]

        @functools.wraps(function)
        def named(*args: Any, **keywords: Any) -> Any:
            # What is named as here, or not at all, pays for one loop over two or three names.
            for other, name, n, takes_one_value in ours if keywords else ():
                if other in keywords:
                    value = keywords.pop(other)
                    if name in keywords or n < len(args):
                        raise _given_twice(function.__name__, name, other)
                    if takes_one_value:
                        args = (*args, value)
                    else:
                        keywords[name] = value
            return function(*args, **keywords)

        return named  # type: ignore[return-value]

    return decorate


def _given_twice(function: str, name: str, other: str) -> TypeError:
    again = "again by its name" if other == name else f"again as {other}, its name in e3nn-jax"
    return TypeError(f"{function} was given {name}, and {again}.\n  Leave out {other}=...")
