"""``compexp replay``: the edits of a recipe made again, and whether the network answers as it did then."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compexp_widgets.cli.options import add_network_options, load_from
from compexp_widgets.cli.printing import add_output_options, answer

if TYPE_CHECKING:
    from compexp_widgets.adversarial import Recipe
    from compexp_widgets.adversarial.recipe import Answers, Replay

_DIFFERENT = 1


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "replay",
        help="make the edits of a recipe again and compare the answers",
        description="Make the edits of a recipe again, show the samples to a network in this process, and say whether "
        "it answers as it did when the recipe was recorded. The status is 1 where it does not.",
    )
    parser.add_argument("recipe", metavar="RECIPE", type=Path, help="a file of adversarial.record or of a lab")
    add_network_options(parser)
    parser.add_argument(
        "--picture", metavar="FILE", type=Path, help="the picture that it starts from, where that is somewhere else now"
    )
    add_output_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from compexp_widgets.adversarial import Recipe, replay  # noqa: PLC0415
    from compexp_widgets.errors import EditError  # noqa: PLC0415
    from compexp_widgets.files import opened_image  # noqa: PLC0415

    recipe = Recipe.load(options.recipe)  # refused before the network is loaded
    network, picture = load_from(options), None
    if options.picture is not None:
        with opened_image(options.picture, str(options.picture), error=EditError) as file:
            picture = file.picture()
    again = replay(recipe, network, picture)
    same = again.agreement != "different"
    answer(options, _as_json(recipe, again), *_texts(recipe, again, network.name))
    return 0 if same else _DIFFERENT


def _as_json(recipe: Recipe[Any], again: Replay) -> dict[str, Any]:
    return {
        "same": again.agreement != "different",
        "agreement": again.agreement,
        "same_network": again.same_network,
        "reaches_target": again.reaches_target,
        "target": recipe.target or None,
        "otherwise": again.otherwise or None,
        "description": recipe.description,
        "recorded": {"before": asdict(recipe.before), "after": asdict(recipe.after)},
        "now": {"before": asdict(again.before), "after": asdict(again.after)},
    }


def _texts(recipe: Recipe[Any], again: Replay, network: str) -> list[str]:
    verdict = {
        "identical": "the same answers, to the last bit",
        "close": "the same answers: the same classes, with probabilities that differ by less than 0.001",
        "different": "other answers",
    }[again.agreement]
    texts = [recipe.description, f"{verdict}, of {network}"]
    if not again.same_network:
        texts.append(f"it is another network than the recipe's {recipe.network}, or has other weights")
    if again.otherwise:
        texts.append(f"otherwise than then: {again.otherwise}")
    if again.agreement != "identical":
        texts += [f"  then {_told(recipe.before, recipe.after)}", f"  now  {_told(again.before, again.after)}"]
    if again.reaches_target is not None:
        texts.append(f"the target {recipe.target} is {'' if again.reaches_target else 'not '}reached")
    return texts


def _told(before: Answers, after: Answers) -> str:
    """The answers to the first samples, before and after: ``corridor 0.95 → clean_room 0.61``."""
    pairs = list(zip(before.predicted, before.probabilities, after.predicted, after.probabilities, strict=False))
    shown = [f"{one} {shares[one]:.3f} → {other} {others[other]:.3f}" for one, shares, other, others in pairs[:_SHOWN]]
    return "; ".join(shown) + (f"; … {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else "")


_SHOWN = 3
