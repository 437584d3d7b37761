"""Studies as a person gives them: opened, or the folder in which one is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar, Union

from compexp_widgets.argument_sentences import sentence
from compexp_widgets.errors import StudyError
from compexp_widgets.study.dissection import open_study
from compexp_widgets.study.study import Study

AnyStudy: TypeAlias = Annotated[Union[Study, str, Path], "a Study, or its folder"]  # noqa: UP007 - read at run time
AnyVisionStudy: TypeAlias = Annotated[
    Union[Study, str, Path],  # noqa: UP007 - whether it is one of images is seen at run time
    "a VisionStudy, or its folder",
]
AnyPairStudy: TypeAlias = Annotated[Union[Study, str, Path], "a PairStudy, or its folder"]  # noqa: UP007

OneStudy = TypeVar("OneStudy", bound=Study)


def as_study(study: Study | str | Path, kind: type[OneStudy], what: str = "study") -> OneStudy:
    """A study as it is, or the one that is kept in a folder.

    Raises
    ------
    StudyError
        Where it is no study of this kind; the message says what makes one.
    """
    given: Any = open_study(study) if isinstance(study, str | Path) else study
    if not isinstance(given, kind):
        raise StudyError(sentence(what, given, kind))
    return given
