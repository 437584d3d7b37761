"""The one door for files: what comes from outside is read and checked here, and what is kept is written whole or not at all."""

from compexp_widgets.files.atomic import whole_file, write_json

__all__ = ["whole_file", "write_json"]
