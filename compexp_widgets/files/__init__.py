"""The one door for files: what comes from outside is checked here; what is kept is written whole or not at all.

Every reader refuses what is no regular file (a pipe would wait for ever), looks at sizes before it takes memory, and
turns whatever a decoder raises into a `CompexpError` that names the file and the way on. Its budgets, from `regular`:

=====================  =========================================================================================
a file read whole      512 MB (`FILE_BYTES`): recipes, tables, lists of names
an index of a data set 4 GB (`INDEX_BYTES`): of COCO's size and above; also the sentences that a study keeps
a line                 16 MB (`LINE_BYTES`)
an image               512 MB (`FILE_BYTES`) and 80 million pixels (`IMAGE_PIXELS`); the first frame of several
JSON                   64 levels (`JSON_DEPTH`), whole numbers below 2⁶³, a name once in an object, no half characters
what is unpacked       512 MB (`UNPACKED_BYTES`), or 20 times the packed file where that is more (`UNPACKED_RATIO`)
packed text in lines   8 MB (`TEXT_BYTES`), or 100 times the packed file where that is more (`TEXT_RATIO`)
=====================  =========================================================================================

Arrays and tensors that are not packed take what their file takes: their headers must say exactly its size.
"""

from compexp_widgets.files.arrays import load_array, load_arrays
from compexp_widgets.files.atomic import atomic_write, check_writable, is_left_behind, place_to_write, write_json
from compexp_widgets.files.given_pictures import AnyPicture, as_picture
from compexp_widgets.files.json_files import json_field, parse_json, read_json, read_json_object
from compexp_widgets.files.pictures import ImageFile, opened_image
from compexp_widgets.files.regular import check_regular, read_bytes, read_text, shown
from compexp_widgets.files.tensors import load_checkpoint, load_tensors
from compexp_widgets.files.text_files import (
    archive_names,
    binary_lines,
    member_lines,
    opened,
    opened_archive,
    text_lines,
    unpacked_bytes,
)

__all__ = [
    "AnyPicture",
    "ImageFile",
    "archive_names",
    "as_picture",
    "atomic_write",
    "binary_lines",
    "check_regular",
    "check_writable",
    "is_left_behind",
    "json_field",
    "load_array",
    "load_arrays",
    "load_checkpoint",
    "load_tensors",
    "member_lines",
    "opened",
    "opened_archive",
    "opened_image",
    "parse_json",
    "place_to_write",
    "read_bytes",
    "read_json",
    "read_json_object",
    "read_text",
    "shown",
    "text_lines",
    "unpacked_bytes",
    "write_json",
]
