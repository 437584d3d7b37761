"""Adversarial examples that formulas suggest: edits of pictures and of sentences, and what a network answers to them.

>>> from compexp_widgets import adversarial
>>> patch = adversarial.PatchLibrary(study).find("fire engine")[0].patch
>>> found = adversarial.suggest_edit(network, picture, [patch], target=10)
>>> found.summary(network.class_names)
>>> adversarial.record(network, picture, [found.best[0].edit]).save("recipe.json")
>>> adversarial.replay("recipe.json", network)

>>> suggestion = adversarial.edits_from_formula(pair_study, source="entailment", target="contradiction")[0]
>>> adversarial.evaluate_edit(pair_network, pair_study, suggestion.edit).accuracy()
"""

from compexp_widgets.lazy_names import names_in_stub

__getattr__, __dir__, __all__ = names_in_stub(__name__, __file__)
