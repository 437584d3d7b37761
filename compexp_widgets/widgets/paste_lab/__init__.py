"""PasteLab: its kernel side here, its page in ``page/``."""

from compexp_widgets.widgets.paste_lab.widget import PasteLab

__all__ = ["PasteLab"]
