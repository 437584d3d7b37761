"""The one door for files: what comes from outside is checked here; what is kept is written whole or not at all."""

from compexp_widgets.files.atomic import whole_file, write_json

__all__ = ["whole_file", "write_json"]
