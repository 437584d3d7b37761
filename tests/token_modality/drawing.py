"""How a sample is drawn: a line of text with brackets where the unit fires, and stars where the formula holds."""

from compexp_widgets.study import Drawing, Drawn
from token_modality.network_input import TextSet


def drawn(text, fires, holds):
    marked = []
    for token, active, true in zip(text, fires, holds, strict=True):
        marked.append(("[{}]" if active else "{}").format(token + "*" * bool(true)))
    return " ".join(marked)


class TokenDrawing(Drawing):
    legend = html_legend = "[word]: the unit fires; word*: the formula holds"
    own_legend = "[word]: the unit fires"

    def given(self, sample):
        return TextSet("given", (tuple(sample),))

    def name(self, samples, number):
        return f"text {number}"

    def draw(self, study, samples, number, fires, formula=None, holds=None):
        return Drawn(drawn(samples.texts[number], fires, [False] * len(fires) if holds is None else holds))
