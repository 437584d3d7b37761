"""How a sample is edited, and how texts and edits are kept in a recipe."""

from dataclasses import asdict, dataclass

from compexp_widgets.adversarial.edit import Editing
from token_modality.network_input import TextSet, TokenInputs


@dataclass(frozen=True)
class Replace:
    """Put another word in place of one."""

    old: str
    new: str

    @property
    def description(self):
        return f"{self.old} → {self.new}"

    def on(self, sample):
        edited = tuple(self.new if token == self.old else token for token in sample)
        return None if edited == sample else edited

    def to_json(self):
        return {"edit": "replace", **asdict(self)}


class TextEditing(Editing):
    kind = "edits of token texts"
    inputs = TokenInputs

    def shown(self, samples):
        return TextSet("edited", tuple(samples))

    def stored_from_json(self, value):
        return tuple(value)

    def edit_from_json(self, value):
        return Replace(value["old"], value["new"])
