"""TextLab: its kernel side here, its page in ``page/``."""

from compexp_widgets.widgets.text_lab.widget import TextLab

__all__ = ["TextLab"]
