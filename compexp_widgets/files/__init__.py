"""The one door for files: what comes from outside is checked here; what is kept is written whole or not at all."""

from compexp_widgets.files.atomic import whole_file, write_json
from compexp_widgets.files.origin import Origin
from compexp_widgets.files.pictures import ImageFile, opened_image
from compexp_widgets.files.regular_file import regular_file

__all__ = ["ImageFile", "Origin", "opened_image", "regular_file", "whole_file", "write_json"]
