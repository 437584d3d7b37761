"""The summary of an annotated image set as HTML, for a notebook's output.

Everything that comes from data is escaped. Colours are those of the house: JupyterLab's own variables, with values for
a page that has none, so that the light and the dark theme both fit; a static page follows the reader's system.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from compexp_widgets.data.images.examples import ConceptExamples, example_figure

if TYPE_CHECKING:
    from compexp_widgets.data.images.data_summary import CategorySummary, ConceptSummary, DataSummary

_CONCEPTS = 200  # rows of the table of concepts

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


def summary_html(summary: DataSummary) -> str:
    """What `DataSummary` shows in a notebook."""
    height, width = summary.grid
    warnings = "".join(f"<li>{escape(warning)}</li>" for warning in summary.warnings)
    figures = "".join(
        example_figure(
            example,
            f"{concept.name} ({concept.category}), {example.share:.0%}",
            f"{example.name}: {concept.name} clear, the rest dimmed",
        )
        for concept, example in summary.examples
    )
    return _wrapped(
        f"<h3>{summary.images:,} images, {_concepts(len(summary.concepts) - len(summary.absent))}</h3>",
        f"<p>{escape(summary.folder)}, {height} × {width} positions an image. {summary.labelled:.1%} of the positions "
        f"say what is there; {len(summary.unlabelled_images):,} images say nothing.</p>",
        f'<ul aria-label="What will make explanations weak">{warnings}</ul>' if warnings else "",
        _category_table(summary.categories),
        f'<div class="pictures">{figures}</div>' if figures else "",
        _concept_table(summary),
    )


def examples_html(found: ConceptExamples) -> str:
    """What `ConceptExamples` shows in a notebook."""
    figures = "".join(
        example_figure(
            each, f"{each.name}, {each.share:.0%}", f"{each.name}: {found.concept.name} clear, the rest dimmed"
        )
        for each in found.examples
    )
    images = f"in {found.images:,} image{'' if found.images == 1 else 's'}"
    return _wrapped(
        f"<h3>{escape(found.concept.name)}</h3>",
        f"<p>{escape(found.concept.category)}, {images}</p>",
        f'<div class="pictures">{figures}</div>',
    )


def _wrapped(*parts: str) -> str:
    return f'{_STYLE}<div class="compexp-data">{"".join(parts)}</div>'


def _concepts(count: int) -> str:
    return f"{count:,} concept{'' if count == 1 else 's'}"


def _category_table(categories: Sequence[CategorySummary]) -> str:
    rows = "".join(
        f'<tr><td>{escape(each.name)}</td><td class="number">{each.concepts:,}</td>'
        f'<td class="number">{each.images:,}</td><td class="number">{each.coverage:.1%}</td>{_bar(each.coverage)}</tr>'
        for each in categories
    )
    return (
        '<table><thead><tr><th>category</th><th class="number">concepts</th><th class="number">images</th>'
        f'<th class="number">positions</th><th></th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _concept_table(summary: DataSummary) -> str:
    everything = max(summary.images * summary.grid[0] * summary.grid[1], 1)
    shown = summary.concepts[:_CONCEPTS]
    rows = "".join(_concept_row(each, everything) for each in shown)
    title = f"Every concept, the most frequent first ({len(summary.concepts):,})"
    rest = len(summary.concepts) - len(shown)
    more = f"<p>{rest:,} more, each rarer than these: see <code>.concepts</code> of the summary.</p>" if rest else ""
    return (
        f"<details><summary>{title}</summary><table><thead><tr><th>concept</th><th>category</th>"
        '<th class="number">images</th><th class="number">positions</th><th></th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{more}</details>"
    )


def _concept_row(each: ConceptSummary, everything: int) -> str:
    share = each.positions / everything
    return (
        f"<tr><td>{escape(each.concept.name)}</td><td>{escape(each.concept.category)}</td>"
        f'<td class="number">{each.images:,}</td><td class="number">{share:.2%}</td>{_bar(share)}</tr>'
    )


def _bar(share: float) -> str:
    return f'<td class="bar"><i style="width:{min(share, 1):.1%}"></i></td>'
