"""A small written world: scenes of people and animals, told in sentence pairs whose labels are true by construction."""
