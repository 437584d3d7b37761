"""Lists that never print more than a screen, and that a notebook shows as a table."""

from __future__ import annotations

from typing import Any, SupportsIndex, TypeVar, overload

from compexp_widgets.notebook_html import Html, paragraph, pictures, section, table
from compexp_widgets.short_text import counted, items_repr

Item = TypeVar("Item")

_ROWS, _PICTURES = 20, 24  # that a notebook shows


class Listing(list[Item]):
    """A list that prints its first items and how many more there are; in all else a list.

    A notebook shows a table, where the class of the items has ``_table_name_`` (of one of them), ``_table_heads_``, the
    heads of its columns of texts and of those of numbers, and ``_table_row_()``, a `notebook_html.Row`; or pictures,
    where it has ``_table_name_`` and ``_figure_()``.
    """

    def __repr__(self) -> str:
        return items_repr(self)

    @overload
    def __getitem__(self, place: SupportsIndex) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> Listing[Item]: ...

    def __getitem__(self, place: SupportsIndex | slice) -> Item | Listing[Item]:
        return Listing(super().__getitem__(place)) if isinstance(place, slice) else super().__getitem__(place)

    def _repr_html_(self) -> Html | None:
        kind: Any = type(self[0]) if self else None
        if hasattr(kind, "_figure_") and all(type(item) is kind for item in self):
            figures = pictures(kind._figure_(item) for item in self[:_PICTURES])
            more = f"{len(self) - _PICTURES:,} more" if len(self) > _PICTURES else ""
            return section(counted(len(self), kind._table_name_), figures, more)
        if not hasattr(kind, "_table_row_") or any(type(item) is not kind for item in self):
            return None  # the text is shown
        rows = [kind._table_row_(item) for item in self[:_ROWS]]
        texts, numbers = kind._table_heads_
        more = f"{len(self) - len(rows):,} more" if len(self) > len(rows) else ""
        title = counted(len(self), kind._table_name_)
        return section(title, table(texts, numbers, rows, wide=True), paragraph(more) if more else "")
