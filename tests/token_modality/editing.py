"""How a sample is edited, and how texts and edits are kept in a recipe."""

from dataclasses import asdict, dataclass

from token_modality.network_input import TextSet


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


class TextEditing:
    kind = "edits of token texts"
    batch_size = 16

    def apply(self, sample, edits):
        for edit in edits:
            sample = sample if sample is None else edit.on(sample)
        return sample

    def respond(self, network, samples):
        return network.respond(TextSet("edited", tuple(samples))).logits, network.class_names

    def stored(self, sample, name, path):
        return sample

    def opened(self, stored, given=None):
        return stored

    def stored_to_json(self, stored):
        return list(stored)

    def stored_from_json(self, value):
        return tuple(value)

    def edit_from_json(self, value):
        return Replace(value["old"], value["new"])
