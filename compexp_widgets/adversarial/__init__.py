"""Adversarial examples that formulas suggest: edits of pictures and of sentences, and what a network makes of them.

>>> from compexp_widgets import adversarial
>>> patch = adversarial.PatchLibrary(study).find("fire engine")[0].patch
>>> found = adversarial.suggest_edit(network, picture, [patch], target=10)
>>> found.summary(network.class_names)
>>> adversarial.record(network, picture, [found.best[0].edit]).save("recipe.json")
>>> adversarial.replay("recipe.json", network)

>>> suggestion = adversarial.edits_from_formula(pair_study, source="entailment", target="contradiction")[0]
>>> adversarial.evaluate_edit(pair_network, pair_study, suggestion.edit).accuracy()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compexp_widgets.adversarial.images.edits.annotation import formula_mask as formula_mask
    from compexp_widgets.adversarial.images.edits.paste import Paste as Paste
    from compexp_widgets.adversarial.images.edits.paste import Patch as Patch
    from compexp_widgets.adversarial.images.edits.paste import Placement as Placement
    from compexp_widgets.adversarial.images.edits.paste import apply_edits as apply_edits
    from compexp_widgets.adversarial.images.edits.recolour import Recolour as Recolour
    from compexp_widgets.adversarial.images.edits.regions import region as region
    from compexp_widgets.adversarial.images.edits.remove import Remove as Remove
    from compexp_widgets.adversarial.images.evaluation.controls import run_controls as run_controls
    from compexp_widgets.adversarial.images.evaluation.image_sweeps import sweep_images as sweep_images
    from compexp_widgets.adversarial.images.evaluation.sweep import SweepGrid as SweepGrid
    from compexp_widgets.adversarial.images.evaluation.sweep import sweep as sweep
    from compexp_widgets.adversarial.images.evaluation.transfer import EditedPicture as EditedPicture
    from compexp_widgets.adversarial.images.evaluation.transfer import transfer as transfer
    from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary as PatchLibrary
    from compexp_widgets.adversarial.images.search.settings import Constraints as Constraints
    from compexp_widgets.adversarial.images.search.suggest import suggest_edit as suggest_edit
    from compexp_widgets.adversarial.probed_network import ProbedNetwork as ProbedNetwork
    from compexp_widgets.adversarial.recipe import Recipe as Recipe
    from compexp_widgets.adversarial.recipe import record as record
    from compexp_widgets.adversarial.recipe import replay as replay
    from compexp_widgets.adversarial.text.controls import run_text_controls as run_text_controls
    from compexp_widgets.adversarial.text.edits import Anchor as Anchor
    from compexp_widgets.adversarial.text.edits import TextEdit as TextEdit
    from compexp_widgets.adversarial.text.evaluation import evaluate_edit as evaluate_edit
    from compexp_widgets.adversarial.text.from_formula import edits_from_formula as edits_from_formula
    from compexp_widgets.adversarial.text.suggest import suggest_text_edits as suggest_text_edits
    from compexp_widgets.analysis.contributions import contributions as contributions
    from compexp_widgets.analysis.shared_units import shared_units as shared_units

# Looked up when first used, as in the package itself.
_HOME = {
    "Anchor": "adversarial.text.edits",
    "Constraints": "adversarial.images.search.settings",
    "EditedPicture": "adversarial.images.evaluation.transfer",
    "Paste": "adversarial.images.edits.paste",
    "Patch": "adversarial.images.edits.paste",
    "PatchLibrary": "adversarial.images.patches.patch_library",
    "ProbedNetwork": "adversarial.probed_network",
    "Placement": "adversarial.images.edits.paste",
    "Recipe": "adversarial.recipe",
    "Recolour": "adversarial.images.edits.recolour",
    "Remove": "adversarial.images.edits.remove",
    "SweepGrid": "adversarial.images.evaluation.sweep",
    "TextEdit": "adversarial.text.edits",
    "apply_edits": "adversarial.images.edits.paste",
    "contributions": "analysis.contributions",
    "edits_from_formula": "adversarial.text.from_formula",
    "evaluate_edit": "adversarial.text.evaluation",
    "formula_mask": "adversarial.images.edits.annotation",
    "record": "adversarial.recipe",
    "region": "adversarial.images.edits.regions",
    "replay": "adversarial.recipe",
    "run_controls": "adversarial.images.evaluation.controls",
    "run_text_controls": "adversarial.text.controls",
    "shared_units": "analysis.shared_units",
    "suggest_edit": "adversarial.images.search.suggest",
    "suggest_text_edits": "adversarial.text.suggest",
    "sweep": "adversarial.images.evaluation.sweep",
    "sweep_images": "adversarial.images.evaluation.image_sweeps",
    "transfer": "adversarial.images.evaluation.transfer",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - the names above


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"compexp_widgets.{_HOME[name]}"), name)
    raise AttributeError(f"module 'compexp_widgets.adversarial' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
