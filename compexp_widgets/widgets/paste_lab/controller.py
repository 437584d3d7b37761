"""Answers PasteLab's page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compexp_widgets.adversarial.images.edits.paste import Paste, Patch
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary
from compexp_widgets.adversarial.images.search.settings import Constraints
from compexp_widgets.errors import EditError
from compexp_widgets.networks.network import Network
from compexp_widgets.study.probed_network import ProbedNetwork
from compexp_widgets.widgets.kernel.jobs import Job, Jobs, Later, latest, queue
from compexp_widgets.widgets.kernel.messages import Reply
from compexp_widgets.widgets.kernel.router import Contract, Route
from compexp_widgets.widgets.paste_lab import jobs as paste_jobs
from compexp_widgets.widgets.paste_lab import messages
from compexp_widgets.widgets.paste_lab.messages import EditedRequest
from compexp_widgets.widgets.paste_lab.pictures import (
    UPLOADED,
    EditedPictures,
    patch_info,
    picture_file,
    shown_png,
    uploaded_patch,
)
from compexp_widgets.widgets.paste_lab.recipes import recipe_file, replayed_recipe
from compexp_widgets.widgets.paste_lab.response import ExplainedUnits, FormulaChanges, respond, wanted_class
from compexp_widgets.widgets.shared.explanations import certificate
from compexp_widgets.widgets.shared.explorer import TABLE, explain_units
from compexp_widgets.widgets.shared.messages import Hello, LoadRecipe, NamedConcept, RecipeFile

_PATCHES = 24
"""Patches that are found at once."""

# A response of the network is answered at once; what takes longer by a job with a network of its own. On a study whose
# units are not explained yet, edits from formulas take their time: patches should not wait for them.
ANSWERS, FORMULA_EDITS = queue("answers"), queue("formula_edits")
SEARCH, SWEEP, CONTROLS = latest("search"), latest("sweep"), latest("controls")


class PasteController:
    """Answers PasteLab's page; `networks` are others, to which edited pictures can be shown."""

    def __init__(self, probed: ProbedNetwork, networks: Sequence[Network], jobs: Jobs) -> None:
        self.probed = probed
        self._classes = probed.class_names
        self._study = probed.study
        self._unit_count = probed.study.units.count
        self._jobs = jobs
        self._copies = {one.name: probed.copy() for one in (ANSWERS, FORMULA_EDITS, SEARCH, SWEEP, CONTROLS)}
        self._others = [network.sharing_weights() for network in networks]
        self._library = PatchLibrary(probed.study)
        self.pictures = EditedPictures(probed)
        self._units = ExplainedUnits(probed)
        self._changes = FormulaChanges(probed, self.pictures, self._units)

    def checked_class(self, target: int) -> int:
        """A class of the network, or -1 for any other than the original; an EditError where there is none such."""
        classes = len(self._classes)
        if not -1 <= target < classes:
            raise EditError(f"there is no class {target}: the network has 0 … {classes - 1}; -1 means any other")
        return target

    # Answered at once

    def hello(self, _asked: Hello) -> Reply:
        """The study; its units are explained meanwhile."""
        study = self._study
        if len(self._units.explanations) < study.units.count:
            self._jobs.start(TABLE, self._explain)
        about, concepts = study.configuration, study.dataset.concepts
        return messages.Study(
            title=f"{about.network} · {about.layer}",
            certificate=certificate(study),
            classes=list(self._classes),
            images=[messages.ImageName(image=number, name=one.name) for number, one in enumerate(study.dataset.images)],
            units=study.units.count,
            networks=[network.name for network in self._others],
            concepts=[NamedConcept(name=one.name, category=one.category) for one in concepts],
            categories=list(dict.fromkeys(concept.category for concept in concepts)),
        )

    def picture(self, asked: messages.PictureRequest) -> tuple[messages.Picture, list[bytes]]:
        """A picture, a PNG file, or a JPEG file where it is large."""
        image, picture = asked.image, self.pictures.edited(asked.image, asked.edits)
        answer = messages.Picture(
            image=image,
            name=self.pictures.name(image),
            width=picture.width,
            height=picture.height,
            concepts=[] if image == UPLOADED else self._present_concepts(image),
        )
        return answer, [picture_file(picture)]

    def upload_picture(self, asked: messages.PictureUpload, data: bytes) -> Reply:
        """The picture in a file, checked and scaled down where it is large."""
        width, height = self.pictures.upload(data, asked.name)
        answer, buffers = self.picture(messages.PictureRequest(image=UPLOADED))
        if (width, height) != (answer.width, answer.height):
            answer.note = (
                f"Scaled down from {width:,} × {height:,} to {answer.width:,} × {answer.height:,} pixels for editing."
            )
        return answer, buffers

    def _present_concepts(self, image: int) -> list[str]:
        """The concepts that hold on a picture of the data: those of most positions first, then in their own order."""
        table = self._study.table
        rows, counts = np.unique(self._study.units.positions[image], return_counts=True)
        starts, entries = table.rows(rows)
        held = np.bincount(entries, weights=np.repeat(counts, np.diff(starts)), minlength=len(table.concepts))
        order = np.argsort(-held, kind="stable")
        return [table.concepts[concept] for concept in order[: np.count_nonzero(held)]]

    def upload_patch(self, asked: messages.PatchUpload, data: bytes) -> Reply:
        """The patch in a file, checked."""
        return self._patches([(uploaded_patch(data, asked.name), None)])

    def response(self, asked: messages.ResponseRequest) -> Reply:
        """The response to a picture before and after its edits."""
        self._check(asked, asked.units)
        return respond(self.probed, self.pictures, self._units, self._changes, asked)

    def region(self, asked: messages.RegionRequest) -> Reply:
        """The region where a formula holds, packed bits at the picture's size."""
        mask = self.pictures.region(asked.image, asked.formula)
        return messages.Region(share=float(mask.mean())), [np.packbits(mask).tobytes()]

    # Answered by a job

    def find_patches(self, asked: messages.PatchSearch) -> Later:
        """Patches on which a formula holds."""
        formula = self._study.table.formula(asked.query)

        def work(job: Job) -> Reply:
            found = self._library.find(
                formula,
                unit=None if asked.unit < 0 else asked.unit,
                count=_PATCHES,
                exclude_image=None if asked.image < 0 else asked.image,
                cancelled=job.stopped,
            )
            return self._patches([(one.patch, one.drive) for one in found])

        return Later(work)

    def known_patches(self, asked: messages.KnownPatches) -> Reply:
        """Patches that were shown before."""
        return self._patches([(self.pictures.patches.get(number), None) for number in asked.ids])

    def _patches(self, patches: Sequence[tuple[Patch, float | None]]) -> Reply:
        described = [patch_info(self.pictures.patches, patch, drive) for patch, drive in patches]
        return messages.Patches(patches=described), [shown_png(patch.picture) for patch, _ in patches]

    def formula_edits(self, asked: messages.FormulaEditsRequest) -> Later:
        """Edits that formulas suggest."""
        self._check(asked)
        probed = self._copies[FORMULA_EDITS.name]
        return Later(lambda job: paste_jobs.edits_from_formulas(job, probed, self._library, self.pictures, asked))

    def transfer(self, asked: messages.TransferRequest) -> Later:
        """Answers of other networks."""
        self._check(asked)

        def work(job: Job) -> Reply:
            pictures, image, edits = self.pictures, asked.image, asked.edits
            wanted = wanted_class(pictures.before(image), pictures.after(image, edits), asked.target)
            return paste_jobs.show_to_networks(
                job,
                [self._copies[ANSWERS.name].network, *self._others],
                pictures.picture(image),
                pictures.edited(image, edits),
                self._classes[wanted],
            )

        return Later(work)

    def recipe_file(self, asked: messages.RecipeRequest) -> Later:
        """The recipe of the edits."""
        self._check(asked)
        return Later(lambda _job: recipe_file(self._copies[ANSWERS.name], self.pictures, asked))

    def load_recipe(self, asked: LoadRecipe) -> Later:
        """Replay a recipe."""
        return Later(lambda _job: replayed_recipe(self._copies[ANSWERS.name], self.pictures, asked.text))

    def search(self, asked: messages.SearchRequest) -> Later:
        """The smallest paste that leads to the wanted class."""
        self._check(asked)
        picture = self.pictures.edited(asked.image, asked.edits)
        keep = asked.constraints.keep.strip()
        constraints = Constraints(
            largest_share=asked.constraints.largest_share,
            keep=self.pictures.region(asked.image, keep) if keep else None,
        )
        patches = [self.pictures.patches.get(number) for number in asked.patches]
        probed = self._copies[SEARCH.name]
        return Later(
            lambda job: paste_jobs.search(job, probed, self.pictures, picture, patches, asked.target, constraints)
        )

    def sweep(self, asked: messages.SweepRequest) -> Later:
        """One patch pasted all over the picture."""
        self._check(asked)
        picture, patch = self.pictures.edited(asked.image, asked.edits), self.pictures.patches.get(asked.patch)
        return Later(lambda job: paste_jobs.sweep_patch(job, self._copies[SWEEP.name], picture, patch, asked))

    def controls(self, asked: messages.ControlsRequest) -> Later:
        """The last paste compared with its controls."""
        self._check(asked, asked.units)
        image = asked.image
        edits = self.pictures.edits(image, asked.edits)
        last = max((place for place, edit in enumerate(edits) if isinstance(edit, Paste)), default=None)
        if last is None:
            raise EditError("controls compare a pasted patch with others in its place: paste one first")
        paste = edits[last]
        assert isinstance(paste, Paste)
        before, after = self.pictures.before(image), self.pictures.after(image, asked.edits)
        wanted = wanted_class(before, after, asked.target)
        units = list(asked.units) or self._units.most_changed(before, after, wanted)[:1]
        formulas = [self._units.formulas[unit] for unit in units if unit in self._units.formulas]
        concepts = {leaf.name for formula in formulas for leaf in formula.leaves()}
        # The paste is shown on top of the other edits: that is how its controls can take its place.
        picture = self.pictures.edited(image, (*asked.edits[:last], *asked.edits[last + 1 :]))
        probed = self._copies[CONTROLS.name]
        return Later(
            lambda job: paste_jobs.compare_with_controls(
                job, probed, self._library, picture, paste, wanted, units, concepts
            )
        )

    # What handlers have in common

    def _check(self, asked: EditedRequest, units: Sequence[int] = ()) -> None:
        """Refuse pictures, classes and units that are not there."""
        self.pictures.checked(asked.image)
        self.checked_class(asked.target)
        if units and max(units) >= self._unit_count:
            self._study.checked_units(units)

    def _explain(self, job: Job) -> Reply:
        """Explain the units that are not explained yet."""
        job.part = lambda: messages.Explained(done=job.done, total=job.total)
        explain_units(job, self._study, self._study.default_settings, self._units.add)
        return job.part()


_PICTURE, _PATCH_FILES = "the picture, a PNG or JPEG file", "for each patch a PNG file"
_MASKS = "for each unit two masks on the annotation grid, before and after: where it fires, packed bits"
_REGION = "the region at the picture's size, packed bits"
_EDIT_FILES = "for each edit that pastes a patch a PNG file of it"
_FIGURES = "the edited picture, and a figure of both side by side, PNG files"

CONTRACT = Contract(
    "PasteLab",
    routes=(
        Route(Hello, PasteController.hello, (messages.Study,)),
        Route(messages.PictureRequest, PasteController.picture, (messages.Picture,), buffers=_PICTURE),
        Route(messages.PictureUpload, PasteController.upload_picture, (messages.Picture,), buffers=_PICTURE, file=True),
        Route(messages.PatchUpload, PasteController.upload_patch, (messages.Patches,), buffers=_PATCH_FILES, file=True),
        Route(messages.ResponseRequest, PasteController.response, (messages.Response,), buffers=_MASKS),
        Route(messages.RegionRequest, PasteController.region, (messages.Region,), buffers=_REGION),
        Route(messages.PatchSearch, PasteController.find_patches, (messages.Patches,), ANSWERS, buffers=_PATCH_FILES),
        Route(messages.KnownPatches, PasteController.known_patches, (messages.Patches,), buffers=_PATCH_FILES),
        Route(
            messages.FormulaEditsRequest,
            PasteController.formula_edits,
            (messages.FormulaEdits,),
            FORMULA_EDITS,
            buffers=_EDIT_FILES,
        ),
        Route(messages.TransferRequest, PasteController.transfer, (messages.Transfer,), ANSWERS),
        Route(messages.RecipeRequest, PasteController.recipe_file, (RecipeFile,), ANSWERS, buffers=_FIGURES),
        Route(LoadRecipe, PasteController.load_recipe, (messages.LoadedRecipe,), ANSWERS, buffers=_PATCH_FILES),
        Route(messages.SearchRequest, PasteController.search, (messages.Search,), SEARCH, (messages.Search,)),
        Route(messages.SweepRequest, PasteController.sweep, (messages.Sweep,), SWEEP, (messages.Sweep,)),
        Route(messages.ControlsRequest, PasteController.controls, (messages.Controls,), CONTROLS, (messages.Controls,)),
    ),
    events=(messages.Explained,),
    jobs=(TABLE,),
)
