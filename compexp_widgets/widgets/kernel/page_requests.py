"""What a page sends, read field by field: what is missing or of the wrong kind is named."""

from __future__ import annotations

from typing import Any

from compexp_widgets.errors import CompexpError


class PageRequest(dict[str, Any]):
    """A message of the page, in which a field that is asked for and missing is named.

    Parameters
    ----------
    fields
        What the page sent.
    kind
        The type of the message, and the field that these are part of, if any.
    """

    def __init__(self, fields: dict[str, Any], kind: str) -> None:
        super().__init__(
            {
                name: PageRequest(value, f"{kind}.{name}") if isinstance(value, dict) else value
                for name, value in fields.items()
            }
        )
        self.kind = kind

    def __missing__(self, name: str) -> Any:
        raise CompexpError(f"the page sent a message {self.kind!r} without its field {name!r}")

    def number(self, name: str) -> int:
        """A whole number.

        Raises
        ------
        CompexpError
            When it is missing, or something else.
        """
        return self._whole(name, self[name])

    def numbers(self, name: str) -> list[int]:
        """A list of whole numbers.

        Raises
        ------
        CompexpError
            When it is missing, or something else.
        """
        values = self[name]
        if not isinstance(values, list):
            raise self.unreadable(name, values, "a list of whole numbers")
        return [self._whole(name, value) for value in values]

    def text(self, name: str) -> str:
        """A text.

        Raises
        ------
        CompexpError
            When it is missing, or something else.
        """
        value = self[name]
        if not isinstance(value, str):
            raise self.unreadable(name, value, "a text")
        return value

    def fields(self, name: str) -> PageRequest:
        """Fields within a field.

        Raises
        ------
        CompexpError
            When it is missing, or something else.
        """
        value = self[name]
        if not isinstance(value, PageRequest):
            raise self.unreadable(name, value, "a set of named values")
        return value

    def unreadable(self, name: str, value: object, wanted: str) -> CompexpError:
        """The error for a field that is not what it should be."""
        return CompexpError(
            f"the page sent a message {self.kind!r} in which the field {name!r} is {value!r:.60}, not {wanted}"
        )

    def _whole(self, name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.unreadable(name, value, "a whole number")
        return value


def page_request(content: object) -> PageRequest:
    """What the page sent; what is no message at all reads as one without fields."""
    if isinstance(content, PageRequest):
        return content
    fields = content if isinstance(content, dict) else {}
    return PageRequest(fields, f"{fields.get('type')!s:.40}")
