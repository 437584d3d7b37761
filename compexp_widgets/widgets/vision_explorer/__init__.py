"""VisionExplorer: its kernel side here, its page in ``page/``."""

from compexp_widgets.widgets.vision_explorer.widget import VisionExplorer

__all__ = ["VisionExplorer"]
