"""A third modality, from outside: texts with one position a token, and a network that answers each token.

How a text is shown to a network (`network_input`), how a layer's output lies on its tokens (`layer_output`), where
concepts come from (`concepts`), how a text is drawn (`drawing`) and edited (`editing`). What a study needs besides is
the bundle below.
"""

from compexp_widgets.study import Modality, OwnLabels, register
from token_modality.concepts import TokenConcepts
from token_modality.drawing import TokenDrawing
from token_modality.network_input import TextSet


class Tokens(Modality):
    kind, samples, data_type = "token texts", "texts", TextSet
    drawing = TokenDrawing()

    def annotator(self, data, concepts=None, vectors=None):
        labels = TokenConcepts(data)
        return OwnLabels(labels, self.samples, labels.starts)


register(Tokens())
