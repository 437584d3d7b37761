"""PasteLab's "try next": what formulas suggest for the picture that the page shows."""

from __future__ import annotations

from collections.abc import Callable

from compexp_widgets.adversarial.images.edits.paste import Paste
from compexp_widgets.adversarial.images.from_formula import edits_from_formulas
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary
from compexp_widgets.adversarial.probed_network import ProbedNetwork
from compexp_widgets.widgets.paste_lab.edited_pictures import UPLOADED, EditedPictures, PageEdits
from compexp_widgets.widgets.paste_lab.look import runners_up
from compexp_widgets.widgets.paste_lab.patch_store import PatchStore, patch_file
from compexp_widgets.widgets.paste_lab.recipes import page_edits
from compexp_widgets.widgets.shared.explanation_messages import Message, formula_message

TARGETS = 2
"""Classes that ideas are for where any other class will do: the likeliest ones."""


def ideas_message(
    bench: ProbedNetwork,
    library: PatchLibrary,
    pictures: EditedPictures,
    store: PatchStore,
    image: int,
    edits: PageEdits,
    target: int,
    cancelled: Callable[[], bool],
) -> Message:
    """Edits to try on top of those that are there; buffers: a PNG file for each idea that pastes a patch, in order.

    Parameters
    ----------
    bench
        Used by this thread alone.
    target
        The class that is wanted; -1 for any other.
    """
    message = {"type": "ideas", "ideas": [], "note": ""}
    if bench.study.configuration.directions:
        return {**message, "note": "not computed: what a direction of the layer adds to a class is not known"}, []
    before, after = pictures.before(image), pictures.after(image, edits)
    any_other = target < 0 or target == before.predicted
    found = edits_from_formulas(
        bench,
        library,
        pictures.edited(image, edits),
        after,
        before.predicted,
        runners_up(before)[:TARGETS] if any_other else [target],
        image=None if image == UPLOADED else image,
        cancelled=cancelled,
    )
    described, buffers = [], []
    for number, idea in enumerate(found):
        (edit,) = page_edits(pictures, store, image, [idea.edit])
        about = {
            "id": number,
            "words": idea.edit.description,
            "unit": idea.unit,
            "formula": formula_message(bench.study, idea.formula),
            "why": idea.why,
            "expected": idea.expected,
            "edit": edit,
        }
        if isinstance(idea.edit, Paste):
            about["patch"] = store.describe(idea.edit.patch)
            buffers.append(patch_file(idea.edit.patch))
        described.append(about)
    return {**message, "ideas": described}, buffers
