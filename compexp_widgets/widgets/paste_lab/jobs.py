"""PasteLab's longer jobs: the search for an edit, the sweep of a patch, controls, edits from formulas, other networks.

Each has a network of its own, which shares the weights: two threads that listen to the layers of one module hear each
other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from PIL import Image

from compexp_widgets.adversarial.images import from_formula
from compexp_widgets.adversarial.images.controls import control_patches, run_controls
from compexp_widgets.adversarial.images.edits.paste import Paste, Patch
from compexp_widgets.adversarial.images.evaluation.sweep import Sweep, SweepGrid, sweep
from compexp_widgets.adversarial.images.evaluation.transfer import classes_called
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary
from compexp_widgets.adversarial.images.search.attempts import SuggestedEdits
from compexp_widgets.adversarial.images.search.settings import Constraints, SearchSettings
from compexp_widgets.adversarial.images.search.suggest import suggest_edit
from compexp_widgets.networks.network import Network
from compexp_widgets.study.probed_network import ProbedNetwork
from compexp_widgets.widgets.kernel.jobs import Job
from compexp_widgets.widgets.paste_lab import messages
from compexp_widgets.widgets.paste_lab.messages import EditedRequest, SweepRequest
from compexp_widgets.widgets.paste_lab.pictures import UPLOADED, EditedPictures, patch_info, shown_png
from compexp_widgets.widgets.paste_lab.response import runners_up
from compexp_widgets.widgets.shared.explanations import formula_part

_BATCH = 8
"""Pictures shown at once: few, so that an answer that somebody waits for soon has the processors to itself."""

_TARGETS = 2
"""Classes that edits are suggested for where any other class will do: the likeliest ones."""


def search(
    job: Job,
    probed: ProbedNetwork,
    pictures: EditedPictures,
    picture: Image.Image,
    patches: Sequence[Patch],
    target: int,
    constraints: Constraints,
) -> messages.Search:
    """Search for the smallest paste that leads to the wanted class; -1 is any other."""
    found: SuggestedEdits | None = None

    def keep(so_far: SuggestedEdits) -> None:
        nonlocal found
        found = so_far

    def part(words: str = "") -> messages.Search:
        best = found.best[0] if found and found.best else None
        return messages.Search(
            **job.so_far,
            succeeded=found.succeeded if found else 0,
            best=None
            if best is None
            else messages.FoundEdit(
                edit=pictures.to_page(UPLOADED, [best.edit])[0], covered=best.share, predicted=best.predicted
            ),
            words=words,
        )

    job.part = part
    found = suggest_edit(
        probed.network,
        picture,
        patches,
        target=None if target < 0 else target,
        constraints=constraints,
        settings=SearchSettings(batch_size=_BATCH),
        report=job.report,
        cancelled=job.stopped,
        on_batch=keep,
    )
    return part(found.summary(probed.class_names))


def sweep_patch(
    job: Job, probed: ProbedNetwork, picture: Image.Image, patch: Patch, asked: SweepRequest
) -> messages.Sweep:
    """Paste a patch all over a picture.

    With a target the outcomes are those of the paper (see `outcome_of`). Where any other class will do,
    another one is a success, and there is no partial success.
    """
    grid = SweepGrid.over(picture.size, asked.steps)
    grid = replace(grid, rotation=asked.rotation, flipped=asked.flipped, opacity=asked.opacity)
    own = classes_called(probed.class_names, patch.name)
    found: Sweep | None = None

    def keep(so_far: Sweep) -> None:
        nonlocal found
        found = so_far
        job.progress(so_far.done, len(so_far.placements))

    def part() -> messages.Sweep:
        assert found, "a part shows what was kept"
        if asked.target >= 0:
            outcomes = "".join(one[0] for one in found.outcomes(asked.target, own[0] if own else None))
            wanted = found.probabilities[:, asked.target]
        else:
            outcomes = "".join("f" if predicted == found.original else "s" for predicted in found.predicted.tolist())
            wanted = 1 - found.probabilities[:, found.original]
        success, partial, failure = (outcomes.count(letter) for letter in "spf")
        return messages.Sweep(
            **job.so_far,
            lefts=grid.lefts,
            tops=grid.tops,
            sizes=grid.sizes,
            outcomes=outcomes,
            target=wanted.tolist(),
            counts=messages.Counts(success=success, partial=partial, failure=failure),
        )

    job.part = part
    found = sweep(probed.network, picture, patch, grid, batch_size=_BATCH, cancelled=job.stopped, on_batch=keep)
    return part()


def compare_with_controls(
    job: Job,
    probed: ProbedNetwork,
    library: PatchLibrary,
    picture: Image.Image,
    edit: Paste,
    target: int,
    units: Sequence[int],
    concepts: Collection[str],
) -> messages.Controls:
    """Compare a paste, which leads to the target, with its controls on a picture without it.

    The units are silenced; the first is the one whose activation is shown. The concepts are what their formulas name:
    the patches for comparison show none of it.
    """
    job.part = lambda: messages.Controls(**job.so_far, rows=[], verdict="")
    others = control_patches(library, edit.patch, concepts, cancelled=job.stopped)
    found = run_controls(
        probed, picture, edit, target=target, others=others, units=units, report=job.report, cancelled=job.stopped
    )
    rows = [
        messages.ControlRow(
            what=_WHAT[row.kind],
            words=row.description,
            flipped=row.flips,
            target_before=row.probabilities[0],
            target_after=row.probabilities[1],
            unit_after=None if row.peaks is None or not row.units else float(row.peaks[1, 0]),
        )
        for row in found.rows
    ]
    return messages.Controls(**job.so_far, rows=rows, verdict=found.verdict)


_WHAT = {
    "edit": "the edit",
    "scrambled": "the patch scrambled",
    "other patch": "another patch in its place",
    "silenced": "the edit, unit silent",
}


def edits_from_formulas(
    job: Job, probed: ProbedNetwork, library: PatchLibrary, pictures: EditedPictures, asked: EditedRequest
) -> tuple[messages.FormulaEdits, list[bytes]]:
    """Edits that formulas suggest, on top of those that are there; buffers: a PNG file for each paste, in order."""
    if probed.study.configuration.directions:
        note = "not computed: what a direction of the layer adds to a class is not known"
        return messages.FormulaEdits(edits=[], note=note), []
    image, target = asked.image, asked.target
    before, after = pictures.before(image), pictures.after(image, asked.edits)
    any_other = target < 0 or target == before.predicted
    found = from_formula.edits_from_formulas(
        probed,
        library,
        pictures.edited(image, asked.edits),
        after,
        before.predicted,
        runners_up(before)[:_TARGETS] if any_other else [target],
        image=None if image == UPLOADED else image,
        cancelled=job.stopped,
    )
    pasted = [one.edit.patch if isinstance(one.edit, Paste) else None for one in found]
    suggested = [
        messages.FormulaEdit(
            words=one.edit.description,
            unit=one.unit,
            formula=formula_part(probed.study, one.formula),
            why=one.why,
            expected=one.expected,
            edit=pictures.to_page(image, [one.edit])[0],
            patch=None if patch is None else patch_info(pictures.patches, patch),
        )
        for one, patch in zip(found, pasted, strict=True)
    ]
    return messages.FormulaEdits(edits=suggested), [shown_png(patch.picture) for patch in pasted if patch]


def show_to_networks(
    job: Job, networks: Sequence[Network], picture: Image.Image, edited: Image.Image, target: str
) -> messages.Transfer:
    """Show a picture before and after its edits to several networks.

    Classes, the wanted one too, are matched by name (see `classes_called`).
    """
    rows = []
    for network in networks:
        response = network.respond([picture, edited], cancelled=job.stopped)
        if not len(response.logits):
            break
        names = network.class_names or [f"class {number}" for number in range(response.logits.shape[1])]
        (before, after), probabilities = response.predicted.tolist(), response.probabilities
        wanted = classes_called(names, target)
        rows.append(
            messages.NetworkRow(
                network=network.name,
                before=names[before],
                before_probability=float(probabilities[0, before]),
                after=names[after],
                after_probability=float(probabilities[1, after]),
                target_probability=float(probabilities[1, list(wanted)].sum()) if wanted else None,
            )
        )
    return messages.Transfer(rows=rows)
