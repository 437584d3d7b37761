"""Is the network of a study the one that was probed? By its weights, and by what it answers to fixed samples."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from compexp_widgets.behaviour import Behaviour
from compexp_widgets.certificate import Check
from compexp_widgets.errors import StudyError
from compexp_widgets.study.configuration import StudyConfiguration


def see_same_behaviour(folder: Path, network: str, behaviour: Behaviour, *, finished: bool) -> None:
    """Hold a layer's answers to fixed samples to those that were kept with its study, or keep them with a new one.

    Parameters
    ----------
    network
        What it is called.
    finished
        Whether the layer's activations are all there already: then nothing is kept. A study that was finished before
        answers were kept says nothing of them.

    Raises
    ------
    StudyError
        When the network answers otherwise than when it was probed.
    """
    kept = Behaviour.load(folder)
    if kept is None:
        if not finished:
            behaviour.save(folder)
        return
    if difference := kept.difference(behaviour):
        raise StudyError(
            f"{network} has the weights of the network that the study in {folder} was made with, but answers "
            f"otherwise: {difference}. Its code has changed (an activation function, a stride, a dilation), or weights "
            "that PyTorch does not list (those of quantised layers). Choose another folder, or delete this one to "
            "begin anew"
        )


def finite_check(layer: str, units: int, strange: Sequence[int]) -> Check:
    """What a certificate says of units with values that are not finite; where there are some, a warning names them."""
    if not strange:
        return Check("finite", f"all {units:,} units finite", "every activation of every unit is a finite number")
    named = f"unit{'s' * (len(strange) > 1)} {', '.join(map(str, strange[:_NAMED]))}"
    more = f" and {len(strange) - _NAMED} more" if len(strange) > _NAMED else ""
    told = (
        f"layer {layer!r} gives values that are not finite (NaN or infinite) for {len(strange):,} of {units:,} units: "
        f"{named}{more}. They are left out; the others are explained"
    )
    warnings.warn(told, stacklevel=5)
    return Check("finite", f"{len(strange):,} of {units:,} units not finite", told, held=False)


def warn_of(network: str, studies: Sequence[StudyConfiguration]) -> None:
    """Warn of what did not hold in the checks of studies, each thing once."""
    told = {check.detail: study.layer for study in studies for check in study.certificate.checks if not check.held}
    for detail, layer in told.items():
        warnings.warn(f"{network}, layer {layer}: {detail}", stacklevel=5)


_NAMED = 8
