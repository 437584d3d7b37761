"""What somebody looks like: clothes, colours, age, hair, mood."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Garment:
    """Something to wear: its name, its plural, whether one is already plural ("jeans"), and who wears it."""

    name: str
    plural: str
    is_pair: bool = False
    sex: str = ""


_ALL = (
    Garment("shirt", "shirts"),
    Garment("jacket", "jackets"),
    Garment("sweater", "sweaters"),
    Garment("coat", "coats"),
    Garment("hat", "hats"),
    Garment("cap", "caps"),
    Garment("helmet", "helmets"),
    Garment("uniform", "uniforms"),
    Garment("costume", "costumes"),
    Garment("dress", "dresses", sex="female"),
    Garment("skirt", "skirts", sex="female"),
    Garment("suit", "suits", sex="male"),
    Garment("tie", "ties", sex="male"),
    Garment("scarf", "scarves"),
    Garment("vest", "vests"),
    Garment("jeans", "jeans", True),
    Garment("shorts", "shorts", True),
    Garment("boots", "boots", True),
    Garment("gloves", "gloves", True),
    Garment("sunglasses", "sunglasses", True),
)
GARMENTS: dict[str, Garment] = {garment.name: garment for garment in _ALL}
"""Everything to wear, by its name."""

COLOURS = ("red", "blue", "green", "yellow", "white", "black", "orange", "purple", "pink", "brown")
"""The colours of clothes and things; whatever has one has no other."""

COATS: dict[str, tuple[str, ...]] = {
    "dog": ("brown", "black", "white", "spotted", "gray"),
    "cat": ("black", "white", "gray", "striped"),
    "horse": ("brown", "black", "white", "gray"),
    "cow": ("brown", "spotted", "black"),
    "goat": ("white", "brown"),
    "bird": ("white", "black", "colorful"),
}
"""What an animal of a species can look like."""

AGES: dict[str, tuple[str, ...]] = {"young": ("young", "little"), "old": ("old", "elderly")}
"""How an age is told."""

FEATURES: dict[str, tuple[str, str]] = {
    "beard": ("with a beard", "male"),
    "mustache": ("with a mustache", "male"),
    "long hair": ("with long hair", ""),
    "blond hair": ("with blond hair", ""),
    "short hair": ("with short hair", ""),
    "tattoos": ("with tattoos", ""),
    "glasses": ("with glasses", ""),
}
"""How a feature is told, and of whom: ``"male"``, or empty for anybody."""

FEATURES_THAT_EXCLUDE = frozenset({frozenset(("long hair", "short hair"))})
"""Features that nobody has both of."""

MOODS: dict[str, tuple[str, ...]] = {"happy": ("smiling", "laughing", "cheerful"), "sad": ("crying", "frowning")}
"""What a premise tells of a mood: who smiles is happy."""
