"""The inputs of one modality: the first interface of the modality seam."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from compexp_widgets.networks.certificate import Check
from compexp_widgets.networks.layer_calls import SampleLayout
from compexp_widgets.networks.passes import Batch


class Inputs(ABC):
    """From samples to what a module takes; a modality says what is special and leaves the rest.

    Its samples are any collection with a length, such as a data set, of which `batch` takes some by number.

    Attributes
    ----------
    samples, prepares
        What samples are called in messages, and the function of the user's that makes inputs of them.
    batch_size
        Samples shown at once where nothing else is said.
    layout
        How every layer's output lies on the positions of a sample; None: told apart layer by layer, as for pictures.
    about_classes
        The end of the message that a network does not answer with one score a class.
    """

    samples: str
    prepares: str = "encode"
    batch_size: int = 64
    layout: SampleLayout | None = None
    about_classes: str = ""

    @abstractmethod
    def batch(self, samples: Any, numbers: Sequence[int]) -> Batch:
        """The module's arguments for some of the samples, on the CPU.

        Raises
        ------
        NetworkError
            When the user's function gives something else.
        """

    @abstractmethod
    def fixed_samples(self, like: Any = None) -> Any:
        """A few samples that are the same on every machine, to see what the network does with them.

        Parameters
        ----------
        like
            Samples that they are to resemble, where that matters, such as the size of pictures.
        """

    @abstractmethod
    def identity(self) -> tuple[bytes, bytes]:
        """Bytes that tell these inputs from others: `Network.fingerprint` hashes them before the weights and behind."""

    def order(self, samples: Any) -> Sequence[int]:
        """The samples by number, in the order in which they are shown; the same each time."""
        return range(len(samples))

    def check_samples(self, samples: Any, network: str, *, quiet: bool = False) -> None:  # noqa: B027 - none for most
        """Refuse what cannot be shown, and warn, unless `quiet`, of what had better not be.

        Raises
        ------
        NetworkError
            When the samples cannot be shown.
        """

    def describe(self, samples: Any, number: int) -> str:
        """One sample in words, for messages."""
        return f"sample {number}"

    def samples_fingerprint(self, samples: Any) -> str:
        """SHA-256 of all that matters of a data set, to this network."""
        return str(samples.fingerprint)

    def checks(self, samples: Any) -> tuple[Check, ...]:
        """Checks of how these samples are shown, besides those made for every modality."""
        return ()
