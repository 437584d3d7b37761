"""Sentence pairs from the files they are distributed in."""

from compexp_widgets.data.pairs.readers.formats import read_pairs as read_pairs
from compexp_widgets.data.pairs.readers.lines import read_parallel as read_parallel
from compexp_widgets.data.pairs.readers.lines import read_tok as read_tok
from compexp_widgets.data.pairs.readers.records import pairs_from_frame as pairs_from_frame
from compexp_widgets.data.pairs.readers.records import read_snli as read_snli
from compexp_widgets.data.pairs.readers.records import read_table as read_table
