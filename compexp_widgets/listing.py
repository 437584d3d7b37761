"""Lists and tuples that never print more than a screen; a notebook shows them as a table or as pills."""

from __future__ import annotations

from typing import Any, SupportsIndex, TypeVar, overload

from compexp_widgets.notebook_html import Html, block, paragraph, pictures, section, table
from compexp_widgets.short_text import counted, items_repr, tuple_repr

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


class Items(tuple[Item, ...]):
    """A tuple that prints as many of its items as fit on a screen, and how many there are; in all else a tuple."""

    __slots__ = ()

    def __repr__(self) -> str:
        return tuple_repr(self)

    def _repr_html_(self) -> Html | None:
        if not self or not hasattr(self[0], "_inline_html_"):
            return None  # the text is shown
        first: list[Any] = list(self[:_PILLS])
        more = f"{len(self) - _PILLS:,} more" * (len(self) > _PILLS)
        return block(Html(" ".join(one._inline_html_() for one in first)), more)


def kept_short(thing: object, *names: str) -> None:
    """Make some fields of a frozen dataclass, tuples of any length, print no more than a screen."""
    for name in names:
        value = getattr(thing, name)
        if type(value) is tuple and len(value) > _FEW:
            object.__setattr__(thing, name, Items(value))


_PILLS = 60  # that a notebook shows
_FEW = 6  # a tuple of so many is left as it is
