"""What a person sees: widgets that turn clicks into calls and results into pictures."""

from compexp_widgets.widgets.nli_explorer import NLIExplorer
from compexp_widgets.widgets.paste_lab import PasteLab
from compexp_widgets.widgets.text_lab import TextLab
from compexp_widgets.widgets.vision_explorer import VisionExplorer

__all__ = ["NLIExplorer", "PasteLab", "TextLab", "VisionExplorer"]
