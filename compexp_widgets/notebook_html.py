"""HTML for a notebook's output: headings, tables and pictures in JupyterLab's colours.

Colours are JupyterLab's own variables, with values for a page that has none, so that the light and the dark theme both
fit; a static page follows the reader's system. Functions take plain text and escape it, but for arguments that are
called `html`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """<style>
.compexp-data { --page: var(--jp-layout-color0, #fff); --ink: var(--jp-ui-font-color1, #1c1f23);
  --muted: color-mix(in srgb, var(--jp-ui-font-color0, #000) 66%, var(--page));
  --line: color-mix(in srgb, var(--jp-ui-font-color0, #000) 16%, var(--page));
  --accent: var(--jp-brand-color1, #1976d2); --warning: #b45309;
  box-sizing: border-box; max-width: 880px; padding: 8px; background: var(--page); color: var(--ink);
  font: 13px/20px var(--jp-ui-font-family, system-ui, sans-serif); overflow-wrap: anywhere; }
body[data-jp-theme-light="false"] .compexp-data { --page: var(--jp-layout-color0, #111);
  --ink: var(--jp-ui-font-color1, #e6e8eb); --accent: var(--jp-brand-color1, #64b5f6); --warning: #f5a742;
  --muted: color-mix(in srgb, var(--jp-ui-font-color0, #fff) 68%, var(--page));
  --line: color-mix(in srgb, var(--jp-ui-font-color0, #fff) 20%, var(--page)); }
@media (prefers-color-scheme: dark) { body:not([data-jp-theme-light]) .compexp-data { --page: #111; --ink: #e6e8eb;
  --accent: #64b5f6; --warning: #f5a742; --muted: #b4b8bd; --line: #3f4247; } }
.compexp-data h3 { margin: 0; font-size: 16px; line-height: 24px; font-weight: 600; color: inherit; }
.compexp-data p, .compexp-data summary { margin: 0 0 8px; color: var(--muted); }
.compexp-data summary { cursor: pointer; }
.compexp-data ul { margin: 8px 0; padding: 4px 12px; border-inline-start: 4px solid var(--warning); list-style: none; }
.compexp-data li { margin: 4px 0; }
.compexp-data table { width: 100%; max-width: 640px; margin: 8px 0; border-collapse: collapse; color: inherit;
  font-size: 12px; font-variant-numeric: tabular-nums; }
.compexp-data th, .compexp-data td { padding: 2px 8px; border: 0; border-bottom: 1px solid var(--line);
  background: none; text-align: start; }
.compexp-data th { color: var(--muted); font-weight: 400; }
.compexp-data .number { text-align: end; white-space: nowrap; }
.compexp-data .bar { width: 30%; }
.compexp-data .bar i { display: block; height: 8px; min-width: 1px; background: var(--accent); }
.compexp-data .pictures { display: flex; flex-wrap: wrap; gap: 8px 12px; margin: 8px 0; }
.compexp-data figure { width: 128px; margin: 0; }
.compexp-data img { display: block; max-width: 128px; margin: 0; border-radius: 2px; }
.compexp-data figcaption { color: var(--muted); font-size: 12px; line-height: 16px; }
</style>"""


def section(title: str, *html: str) -> str:
    """A block of output with a heading, its parts one below another."""
    return f'{_STYLE}<div class="compexp-data"><h3>{escape(title)}</h3>{"".join(html)}</div>'


def paragraph(text: str) -> str:
    """A paragraph."""
    return f"<p>{escape(text)}</p>"


def bullets(label: str, texts: Iterable[str]) -> str:
    """A list of warnings, with a label for screen readers; nothing where there are none."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<ul aria-label="{escape(label)}">{items}</ul>' if items else ""


Row = tuple[Sequence[str], Sequence[str], float]
"""The texts of a row, its numbers as they are to be written, and the length of its bar, 0 to 1."""


def table(texts: Sequence[str], numbers: Sequence[str], rows: Iterable[Row]) -> str:
    """A table whose rows end in a bar; `texts` and `numbers` are the heads of its columns."""
    head = _cells("<th>", texts) + _cells('<th class="number">', numbers)
    body = "".join(
        f"<tr>{_cells('<td>', words)}{_cells(_NUMBER, figures)}"
        f'<td class="bar"><i style="width:{min(share, 1):.1%}"></i></td></tr>'
        for words, figures, share in rows
    )
    return f"<table><thead><tr>{head}<th></th></tr></thead><tbody>{body}</tbody></table>"


_NUMBER = '<td class="number">'


def folded(title: str, *html: str) -> str:
    """Parts that a click on their title shows."""
    return f"<details><summary>{escape(title)}</summary>{''.join(html)}</details>"


def pictures(figures: Iterable[str]) -> str:
    """Figures in lines; nothing where there are none."""
    html = "".join(figures)
    return f'<div class="pictures">{html}</div>' if html else ""


def figure(png: bytes, caption: str, alternative: str, title: str) -> str:
    """A small PNG picture with a caption, a text for those who do not see it, and a title under the pointer."""
    address = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    return (
        f'<figure><img src="{address}" alt="{escape(alternative)}" title="{escape(title)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"{tag}{escape(text)}</{tag[1:3]}>" for text in texts)
