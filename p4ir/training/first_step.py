"""What is said, and what is left behind, where a run fails before its first step.

Much of a recipe only the libraries can judge: whether the model has modules of that name,
whether this machine has that optimizer. They do so when the trainer is built or begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from p4ir.errors import P4irError, RecipeError, first_line
from p4ir.training.recipe import Recipe
from p4ir.training.run import Run

_REFUSALS = (ArithmeticError, ImportError, LookupError, TypeError, ValueError)
"""What libraries raise at settings that they cannot take."""


@contextmanager
def withdrawn_if_untrained(recipe: Recipe, run: Run, trainer: Any = None) -> Iterator[None]:
    """Take back the run if what is done inside fails before a step is trained.

    Raises:
        RecipeError: a library refuses the recipe; it names the settings, as far as can be told.
    """
    is_resumed = run.has_begun()
    try:
        yield
    except Exception as error:
        if trainer is not None and trainer.state.global_step:
            raise
        if not is_resumed:
            run.withdraw()
        if isinstance(error, _REFUSALS) and not isinstance(error, P4irError):
            raise RecipeError(_explained(error, recipe)) from error
        raise


def _explained(error: Exception, recipe: Recipe) -> str:
    said = first_line(error)
    parts = {"lora": recipe.lora or {}, "trainer": recipe.trainer}
    named = [
        f"{part}.{key}"
        for part, options in parts.items()
        for key, value in options.items()
        if _is_named(key, value, said)
    ]
    where = ", ".join(named) or " or ".join(part for part, options in parts.items() if options)
    return (
        f"the run fails before its first step; look at {where or 'trainer'} of the recipe: {said} "
        f"({type(error).__name__}, --debug shows where)"
    )


def _is_named(key: str, value: Any, said: str) -> bool:
    """Whether an error names a setting, spaces for underscores, or the text that it was given."""
    names = [re.escape(key).replace("_", "[ _]")]
    if isinstance(value, str):
        names.append(re.escape(value))
    return any(re.search(rf"\b{name}\b", said, re.IGNORECASE) for name in names)
