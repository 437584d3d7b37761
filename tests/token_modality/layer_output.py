"""How a layer's output lies on the positions of a text: (texts, tokens, units), of which the first n are the text's."""

from compexp_widgets.errors import NetworkError


class PaddedTokens:
    unit_axis = 2

    def read(self, output, batch, layer):
        if output.ndim != 3 or tuple(output.shape[:2]) != (batch.count, max(batch.lengths)):
            raise NetworkError(f"layer {layer!r} gives {tuple(output.shape)}, not one vector a token")
        return [tokens[:length].T for tokens, length in zip(output, batch.lengths, strict=True)]
