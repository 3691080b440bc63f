"""The methods of stage two by name, and how they combine in a recipe.

Each changes one part of a step or two: which prompts are taken, how completions are
sampled, what advantage they get, how the loss weighs them. Methods that change different
parts combine; a recipe without a method trains by its `trainer` options alone.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import combinations
from typing import TYPE_CHECKING, Any

from p4ir.errors import RecipeError
from p4ir.grpo import limits
from p4ir.grpo.gspo import GSPO
from p4ir.grpo.losses import LOSSES
from p4ir.grpo.method import Method
from p4ir.training.recipe import apply_setting

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe

METHODS: dict[str, Method] = {
    **LOSSES,
    "gspo": GSPO,
    "rredcot": Method(
        changes=frozenset({"advantages"}),
        by_token=True,
        trainer="p4ir.grpo.rredcot:RredcotTrainer",
        check=limits.check_rredcot,
    ),
    "ads": Method(
        changes=frozenset({"prompts"}),
        trainer="p4ir.grpo.ads:AdsTrainer",
        check=limits.check_ads,
    ),
    # The ratio is 1, and the critic sees each rollout once, unless rollouts are used again.
    "ppo": Method(
        changes=frozenset({"loss", "advantages"}),
        needs={"loss_type": "bnpo", "importance_sampling_level": "token"},
        usual={"num_iterations": 2, "beta": 0.02, "epsilon": 0.2, "scale_rewards": "none"},
        by_token=True,
        trainer="p4ir.grpo.ppo:PpoTrainer",
        check=limits.check_ppo,
    ),
    "n_grpo": Method(
        changes=frozenset({"rollouts"}),
        trainer="p4ir.grpo.n_grpo:NGrpoTrainer",
        check=limits.check_n_grpo,
    ),
    "cora": Method(
        changes=frozenset({"advantages"}),
        trainer="p4ir.grpo.cora:CoraTrainer",
        check=limits.check_cora,
    ),
    "length_neutral": Method(
        changes=frozenset({"advantages"}),
        trainer="p4ir.grpo.length_neutral:LengthNeutralTrainer",
    ),
    "reference": Method(
        changes=frozenset({"rollouts"}),
        trainer="p4ir.grpo.reference:ReferenceTrainer",
        check=limits.check_reference,
    ),
}
"""Name in a recipe to method."""


def add_presets(values: dict[str, Any], settings: Sequence[str]) -> None:
    """Fill in the options of a recipe's methods, before the settings are applied to it.

    What is said closest to the method wins: in a recipe that names its method, the
    recipe's own options; where `settings` choose it, its presets, and over them `settings`.

    Args:
        values: The recipe as read, changed in place.
        settings: `key.sub=value`.
    """
    said: dict[str, Any] = {}
    for setting in settings:
        apply_setting(said, setting, [])
    own, given = values.get("trainer") or {}, said.get("trainer") or {}
    if not isinstance(own, dict) or not isinstance(given, dict):
        return  # which the check of types says
    preset: dict[str, Any] = {}
    for name in method_names(said.get("method", values.get("method"))):
        if method := METHODS.get(name):
            preset |= {**method.usual, **method.derive(own | given), **method.needs}
    _add_consistency(values, said)
    if preset:
        values["trainer"] = own | preset if "method" in said else preset | own


def _add_consistency(values: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Have CORA's second reward computed, at no weight in the sum, where a recipe lacks it."""
    rewards = values.get("rewards")
    if "cora" in method_names(said.get("method", values.get("method"))) and isinstance(
        rewards, dict
    ):
        rewards.setdefault("consistency", 0.0)


def method_names(said: Any) -> list[str]:
    """Return the names in a recipe's `method`: a name, several, or none.

    >>> method_names("gspo"), method_names(["gspo", "ads"]), method_names(None)
    (['gspo'], ['gspo', 'ads'], [])
    """
    if isinstance(said, str):
        return [said]
    return [str(name) for name in said] if isinstance(said, list) else []


def check_known(names: Sequence[str], known: Sequence[str] = tuple(METHODS)) -> None:
    """Refuse methods that there are not; no library is needed to tell.

    Raises:
        RecipeError: says which, and those that there are.
    """
    if unknown := _unknown(names, known):
        raise RecipeError("; ".join(unknown))


def check_methods(recipe: GrpoRecipe) -> list[str]:
    """Return what is wrong with the methods of a recipe."""
    names = method_names(recipe.method)
    if unknown := _unknown(names, tuple(METHODS)):
        return unknown
    problems = [clash for a, b in combinations(names, 2) if (clash := _clash(a, b))]
    if problems:
        return problems
    for name in names:
        problems += _misfits(name, recipe.trainer) + METHODS[name].check(recipe)
    return problems + _averaged_away(names, recipe.trainer)


def trainer_class(recipe: GrpoRecipe) -> type:
    """Return the trainer of a recipe: those of its methods, in their order, as one class."""
    from p4ir.grpo.trainer import Trainer

    bases = [_load(METHODS[name].trainer) for name in method_names(recipe.method)
             if METHODS[name].trainer]  # fmt: skip
    return type("Trainer", tuple(bases), {}) if bases else Trainer


def _load(place: str) -> type:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)  # type: ignore[no-any-return]


def _unknown(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return a line about each name that is not known."""
    lines = []
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            meant = f" (did you mean {near[0]}?)" if near else ""
            lines.append(f"method {name} is not known{meant}; there are {', '.join(known)}")
    return lines


def _clash(a: str, b: str) -> str:
    if a == b:
        return f"method {a} is named twice"
    shared = sorted(METHODS[a].changes & METHODS[b].changes)
    if not shared:
        return ""
    return f"methods {a} and {b} both decide the {' and the '.join(shared)}: choose one of them"


def _misfits(name: str, trainer: Mapping[str, Any]) -> list[str]:
    return [
        f"trainer.{option} is {trainer.get(option)}, method {name} needs {needed}"
        for option, needed in METHODS[name].needs.items()
        if trainer.get(option) != needed
    ]


def _averaged_away(names: Sequence[str], trainer: Mapping[str, Any]) -> list[str]:
    """Refuse credits by token under a ratio of whole completions."""
    if trainer.get("importance_sampling_level", "token") != "sequence":
        return []
    return [
        f"method {name} gives each token its own credit, which a ratio of whole completions "
        "(trainer.importance_sampling_level: sequence) averages away: choose a loss with "
        "ratios by token"
        for name in names
        if METHODS[name].by_token
    ]
