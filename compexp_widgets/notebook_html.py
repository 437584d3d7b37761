"""HTML for a notebook's output: headings, tables, formulas and pictures in JupyterLab's colours.

Colours are JupyterLab's own variables, with values for a page that has none, so that the light and the dark theme both
fit; a static page follows the reader's system. Functions take plain text and escape it; what is `Html` already is put
in as it is. A ``_repr_html_`` returns what `section` or `block` make of the parts: they bring the style, once.

>>> section("unit 17", facts([("IoU", score_bar(0.142)), ("state", "fires")]))
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from html import escape
from typing import Any

from compexp_widgets.short_text import brief, clipped, one_line, printable, score_text, some_names

_COLOURS = """
.compexp-data { --page: var(--jp-layout-color0, #fff); --ink: var(--jp-ui-font-color1, #1c1f23);
  --muted: color-mix(in srgb, var(--jp-ui-font-color0, #000) 66%, var(--page));
  --line: color-mix(in srgb, var(--jp-ui-font-color0, #000) 16%, var(--page));
  --raised: color-mix(in srgb, var(--jp-ui-font-color0, #000) 6%, var(--page));
  --accent: var(--jp-brand-color1, #1976d2); --warning: #b45309;
  box-sizing: border-box; max-width: 880px; padding: 8px; overflow-x: auto; background: var(--page); color: var(--ink);
  font: 13px/20px var(--jp-ui-font-family, system-ui, sans-serif); overflow-wrap: anywhere; }
body[data-jp-theme-light="false"] .compexp-data { --page: var(--jp-layout-color0, #111);
  --ink: var(--jp-ui-font-color1, #e6e8eb); --accent: var(--jp-brand-color1, #64b5f6); --warning: #f5a742;
  --muted: color-mix(in srgb, var(--jp-ui-font-color0, #fff) 68%, var(--page));
  --line: color-mix(in srgb, var(--jp-ui-font-color0, #fff) 20%, var(--page));
  --raised: color-mix(in srgb, var(--jp-ui-font-color0, #fff) 11%, var(--page)); }
@media (prefers-color-scheme: dark) { body:not([data-jp-theme-light]) .compexp-data { --page: #111; --ink: #e6e8eb;
  --accent: #64b5f6; --warning: #f5a742; --muted: #b4b8bd; --line: #3f4247; --raised: #24272b; } }
"""

# "&" stands for the output; twice its class, so that JupyterLab's rules for tables of HTML count less.
_RULES = """
& h3 { margin: 0; font-size: 16px; line-height: 24px; font-weight: 600; color: inherit; }
& p, & summary { margin: 0 0 8px; color: var(--muted); }
& summary { cursor: pointer; }
& ul { margin: 8px 0; padding: 4px 12px; border-inline-start: 4px solid var(--warning); list-style: none; }
& li { margin: 4px 0; }
& table { width: 100%; max-width: 640px; margin: 8px 0; table-layout: auto; border-collapse: collapse; color: inherit;
  font-size: 12px; font-variant-numeric: tabular-nums; }
& tbody tr:nth-child(n) { background: none; }
& table.wide { max-width: none; }
& th, & td { padding: 2px 8px; border: 0; border-bottom: 1px solid var(--line);
  background: none; line-height: 20px; text-align: start; vertical-align: baseline; overflow-wrap: break-word; }
& th { color: var(--muted); font-weight: 400; }
& table .number { text-align: end; white-space: nowrap; }
& td.bar { width: 30%; padding-block-start: 8px; vertical-align: top; }
& .wide td.bar { width: 96px; min-width: 64px; }
& .bar i, & .score i { display: block; height: 8px; min-width: 1px; background: var(--accent); }
& .score { display: inline-grid; grid-template-columns: 96px auto; align-items: center; gap: 8px;
  font-variant-numeric: tabular-nums; }
& .score > span { background: var(--raised); }
& table.facts { width: auto; max-width: 100%; font-size: 13px; }
& .facts th, & .facts td { padding-inline: 0 16px; border: 0; }
& .facts th { white-space: nowrap; }
& .facts td, & .formula b { overflow-wrap: anywhere; }
& .formula { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 2px 6px; max-width: 100%; }
& .formula > span { display: inline-flex; align-items: center; gap: 4px; min-width: 0; }
& .wide td .formula { min-width: 240px; }
& > .formula { margin: 4px 0; }
& .formula b { padding: 0 8px; border-radius: 10px; background: var(--raised); font-weight: 400;
  white-space: pre-wrap; }
& .formula small { white-space: nowrap; color: var(--muted); font-size: 11px; font-weight: 600; letter-spacing: .04em; }
& .formula small.paren { font-size: 14px; font-weight: 300; }
& .muted { color: var(--muted); }
& .warning { color: var(--warning); }
& .pictures { display: flex; flex-wrap: wrap; gap: 8px 12px; margin: 8px 0; }
& figure { width: 128px; margin: 0; }
& img { display: block; max-width: 128px; margin: 0; border-radius: 2px; }
& .large figure, & .large img { width: 176px; max-width: 176px; }
& .texts { flex-direction: column; }
& .texts figure { width: auto; max-width: 640px; padding-block-end: 8px;
  border-block-end: 1px solid var(--line); }
& .texts p { margin: 0; color: inherit; }
& .pair .sentence { display: grid; grid-template-columns: 32px 1fr; }
& mark { padding: 0 2px; border-radius: 2px; color: inherit;
  background: color-mix(in srgb, var(--accent) 26%, var(--page)); }
& mark.against { background: none; outline: 1px dashed var(--muted); }
& .cut-out img { background: repeating-conic-gradient(#8884 0 25%, #8881 0 50%) 0 0 / 12px 12px; }
& figcaption { color: var(--muted); font-size: 12px; line-height: 16px; }
"""

_STYLE = f"<style>{_COLOURS}{_RULES.replace('&', '.compexp-data' * 2)}</style>"


class Html(str):
    """Text that is HTML: it is put into other HTML as it is, where any other text is escaped."""

    __slots__ = ()


def html_of(text: str) -> Html:
    """A text as HTML: escaped, but for what is HTML already."""
    return text if isinstance(text, Html) else Html(escape(printable(text)))


def section(title: str, *parts: str) -> Html:
    """A whole output with a heading, its parts one below another. A part that is plain text becomes a paragraph."""
    return block(Html(f"<h3>{html_of(title)}</h3>"), *parts)


def block(*parts: str) -> Html:
    """A whole output without a heading. A part that is plain text becomes a paragraph."""
    html = "".join(part if isinstance(part, Html) else paragraph(part) if part else "" for part in parts)
    return Html(f'{_STYLE}<div class="compexp-data">{html}</div>')


def paragraph(text: str) -> Html:
    """A paragraph."""
    return Html(f"<p>{html_of(text)}</p>")


def muted(text: str) -> Html:
    """Words in the lighter ink, inside a line or a cell."""
    return Html(f'<span class="muted">{html_of(text)}</span>')


def warned(text: str) -> Html:
    """Words in the colour of warnings; they must say so themselves too."""
    return Html(f'<span class="warning">{html_of(text)}</span>')


def bullets(label: str, texts: Iterable[str]) -> Html:
    """A list of warnings, with a label for screen readers; nothing where there are none."""
    items = "".join(f"<li>{html_of(text)}</li>" for text in texts)
    return Html(f'<ul aria-label="{escape(label)}">{items}</ul>' if items else "")


Row = tuple[Sequence[str], Sequence[str], float | None]
"""The texts of a row, its numbers as they are to be written, and the length of its bar, 0 to 1; None for no bar."""


def table(texts: Sequence[str], numbers: Sequence[str], rows: Iterable[Row], *, wide: bool = False) -> Html:
    """A table whose rows end in a bar, where one of them has one; `texts` and `numbers` are the heads of its columns.

    A `wide` one takes all the room there is, for formulas.
    """
    listed = list(rows)
    bars = any(share is not None for _, _, share in listed)
    head = _cells("<th>", texts) + _cells('<th class="number">', numbers) + "<th></th>" * bars
    body = "".join(
        f"<tr>{_cells('<td>', words)}{_cells(_NUMBER, figures)}{_bar_cell(share) if bars else ''}</tr>"
        for words, figures, share in listed
    )
    kind = ' class="wide"' if wide else ""
    return Html(f"<table{kind}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


_NUMBER = '<td class="number">'


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """Names and values in two columns; a pair whose value is empty is left out."""
    rows = "".join(
        f'<tr><th scope="row">{html_of(name)}</th><td>{html_of(value)}</td></tr>' for name, value in pairs if value
    )
    return Html(f'<table class="facts"><tbody>{rows}</tbody></table>' if rows else "")


def fields_html(thing: Any) -> Html:
    """A dataclass as a whole output: the names of its fields and their values."""
    shown = [(one.name.replace("_", " "), _value(getattr(thing, one.name))) for one in fields(thing) if one.repr]
    return section(type(thing).__name__, facts(shown))


def _value(value: Any) -> str:
    if hasattr(value, "_inline_html_"):
        inline: Html = value._inline_html_()
        return inline
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (tuple, list)) and all(isinstance(item, str) for item in value):
        value = some_names(value)
    if isinstance(value, str) or "__str__" in vars(type(value)):
        return one_line(str(value), _LONG) or "–"
    return "–" if value is None else brief(value)


_LONG = 300  # characters of a text


def score_bar(value: float) -> Html:
    """A score from 0 to 1: a bar and its number."""
    return Html(f'<span class="score"><span>{_bar(value)}</span>{score_text(value)}</span>')


def pills(tokens: Iterable[Mapping[str, Any]]) -> Html:
    """A formula, its concepts as pills, as the widgets show it; `tokens` are those of `formula.to_tokens`, which may
    have a ``category`` too, shown under the pointer.
    """
    groups: list[str] = []
    open_group = False  # an operator and its parentheses stay with the concept behind them
    listed = list(tokens)
    for token in listed[:_TOKENS]:
        closes = token["kind"] == "paren" and token["text"].strip() == ")"
        piece = _piece(token)
        if groups and (open_group or closes):
            groups[-1] += piece
        else:
            groups.append(piece)
        open_group = token["kind"] != "leaf" and not closes
    if len(listed) > _TOKENS:
        groups.append(f"… {sum(token['kind'] == 'leaf' for token in listed[_TOKENS:]):,} more concepts")
    return Html('<span class="formula">' + " ".join(f"<span>{group}</span>" for group in groups) + "</span>")


_TOKENS = 80  # of a formula that are shown
_NAME = 120  # characters of a concept's name


def folded(title: str, *html: str) -> Html:
    """Parts that a click on their title shows."""
    return Html(f"<details><summary>{html_of(title)}</summary>{''.join(html)}</details>")


def pictures(figures: Iterable[str]) -> Html:
    """Figures in lines; nothing where there are none."""
    html = "".join(figures)
    return Html(f'<div class="pictures">{html}</div>' if html else "")


def figure(file: bytes | None, caption: str, alternative: str, title: str) -> Html:
    """A small PNG or JPEG picture with a caption, a text for those who do not see it, and a title under the pointer.

    Without a picture the caption stands alone.
    """
    shown = f'src="{data_address(file)}" alt="{_attribute(alternative)}" title="{_attribute(title)}"' if file else ""
    return Html(f"<figure>{f'<img {shown}>' if file else ''}<figcaption>{html_of(caption)}</figcaption></figure>")


def cut_out_figure(png: bytes, caption: str, title: str) -> Html:
    """A small PNG picture that is transparent in parts, on squares that show where."""
    return Html(
        f'<figure class="cut-out"><img src="{data_address(png)}" alt="{_attribute(title)}" title="{_attribute(title)}">'
        f"<figcaption>{html_of(caption)}</figcaption></figure>"
    )


def data_address(file: bytes) -> str:
    """The address under which a page finds a PNG or JPEG file in the page itself."""
    kind = "jpeg" if file.startswith(b"\xff\xd8") else "png"
    return f"data:image/{kind};base64," + base64.b64encode(file).decode("ascii")


def page(title: str, html: Html) -> str:
    """A whole HTML file of what a notebook shows."""
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{html_of(title)}</title>\n'
        f'<meta name="color-scheme" content="light dark">\n<body>\n{html}\n</body>\n</html>\n'
    )


def _piece(token: Mapping[str, Any]) -> str:
    text = escape(printable(clipped(token["text"].strip(), _NAME)))
    if token["kind"] == "leaf":
        category = f' title="{_attribute(token["category"])}"' if token.get("category") else ""
        return f"<b{category}>{text}</b>"
    return f'<small class="paren">{text}</small>' if token["kind"] == "paren" else f"<small>{text}</small> "


def _attribute(text: str) -> str:
    return escape(printable(text))


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"{tag}{html_of(text)}</{tag[1:3]}>" for text in texts)


def _bar_cell(share: float | None) -> str:
    return f'<td class="bar">{"" if share is None else _bar(share)}</td>'


def _bar(share: float) -> str:
    return f'<i style="width:{min(max(share, 0), 1):.1%}"></i>'
