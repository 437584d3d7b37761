"""NLIExplorer: its kernel side here, its page in ``page/``."""

from compexp_widgets.widgets.nli_explorer.widget import NLIExplorer

__all__ = ["NLIExplorer"]
