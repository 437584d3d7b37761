"""Studies: one dissection in one folder, and the explanations of its units.

The names stand in the stub and are imported when they are first used: a process that explains units from the files of a
study needs no torch.
"""

from compexp_widgets.lazy_names import names_in_stub

__getattr__, __dir__, __all__ = names_in_stub(__name__, __file__)
