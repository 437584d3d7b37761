"""How a sample is drawn: a line of text with brackets where the unit fires, and stars where the formula holds."""


def drawn(text, fires, holds):
    marked = []
    for token, active, true in zip(text, fires, holds, strict=True):
        marked.append(("[{}]" if active else "{}").format(token + "*" * bool(true)))
    return " ".join(marked)
