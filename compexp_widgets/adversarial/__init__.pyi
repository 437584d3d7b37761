# ruff: noqa: I001 - the public names of the room, by task; the package reads them here (see `lazy_names`)

# Edits of pictures
from compexp_widgets.adversarial.images.edits.paste import Paste as Paste
from compexp_widgets.adversarial.images.edits.paste import Patch as Patch
from compexp_widgets.adversarial.images.edits.paste import Placement as Placement
from compexp_widgets.adversarial.images.edits.region_edits import Recolour as Recolour
from compexp_widgets.adversarial.images.edits.regions import region as region
from compexp_widgets.adversarial.images.edits.region_edits import Remove as Remove
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary as PatchLibrary

# Edits of sentence pairs
from compexp_widgets.adversarial.text.edits import Anchor as Anchor
from compexp_widgets.adversarial.text.edits import TextEdit as TextEdit
from compexp_widgets.adversarial.text.from_formula import edits_from_formula as edits_from_formula

# The smallest edit that changes the answer
from compexp_widgets.adversarial.images.search.settings import Constraints as Constraints
from compexp_widgets.adversarial.images.search.settings import SearchSettings as SearchSettings
from compexp_widgets.adversarial.images.search.suggest import suggest_edit as suggest_edit
from compexp_widgets.adversarial.text.suggest import TextSearchSettings as TextSearchSettings
from compexp_widgets.adversarial.text.suggest import suggest_text_edits as suggest_text_edits

# How often an edit works, and on which networks
from compexp_widgets.adversarial.images.evaluation.image_sweeps import sweep_images as sweep_images
from compexp_widgets.adversarial.images.evaluation.sweep import SweepGrid as SweepGrid
from compexp_widgets.adversarial.images.evaluation.sweep import sweep as sweep
from compexp_widgets.adversarial.images.evaluation.transfer import EditedPicture as EditedPicture
from compexp_widgets.adversarial.images.evaluation.transfer import transfer as transfer
from compexp_widgets.adversarial.text.evaluation import evaluate_edit as evaluate_edit

# Whether the formula is the reason
from compexp_widgets.adversarial.controls import ControlSettings as ControlSettings
from compexp_widgets.adversarial.images.controls import run_controls as run_controls
from compexp_widgets.study.probed_network import ProbedNetwork as ProbedNetwork
from compexp_widgets.adversarial.text.controls import run_text_controls as run_text_controls
from compexp_widgets.analysis.contributions import contributions as contributions
from compexp_widgets.analysis.shared_units import shared_units as shared_units

# Edits and answers that come again
from compexp_widgets.adversarial.recipe import Recipe as Recipe
from compexp_widgets.adversarial.recipe import record as record
from compexp_widgets.adversarial.recipe import replay as replay
