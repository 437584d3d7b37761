"""What a person sees: widgets that turn clicks into calls and results into pictures."""

from compexp_widgets.widgets.nli_explorer.widget import NLIExplorer
from compexp_widgets.widgets.paste_lab.widget import PasteLab
from compexp_widgets.widgets.text_lab.widget import TextLab
from compexp_widgets.widgets.vision_explorer.widget import VisionExplorer

__all__ = ["NLIExplorer", "PasteLab", "TextLab", "VisionExplorer"]
