"""Sentence pairs from the files they are distributed in."""

from compexp_widgets.data.pairs.readers.parallel import read_parallel as read_parallel
from compexp_widgets.data.pairs.readers.recognise import read_pairs as read_pairs
from compexp_widgets.data.pairs.readers.snli import read_snli as read_snli
from compexp_widgets.data.pairs.readers.table import pairs_from_frame as pairs_from_frame
from compexp_widgets.data.pairs.readers.table import read_table as read_table
from compexp_widgets.data.pairs.readers.tok import read_tok as read_tok
