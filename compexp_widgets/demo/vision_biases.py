"""The biases of this world: what is true of it without being true of the real one.

A network that learns from these pictures may learn a bias instead of the thing, and an analyst who reads its neurons
can find that out: the truth is written here, and the tests hold every picture to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr


@dataclass(frozen=True)
class Bias:
    """One regularity that every picture keeps.

    Attributes
    ----------
    name
        Short name.
    statement
        What holds, as a sentence.
    rule
        How it is meant:

        ``"always and only"``: each of `concepts` occurs in every picture of `scenes` and in no other.
        ``"only"``: each of `concepts` occurs in `scenes` alone, though not in every picture.
        ``"together"``: a picture has all of `concepts` or none of them.
        ``"needs"``: where the first of `concepts` occurs, the second does.
        ``"looks"``: in ``scenes[i]`` the first of `concepts` looks like ``looks[i]``, not like any other of `looks`.
        ``"never"``: the first of `concepts` never looks like any of `looks`, wherever it occurs.
        ``"plus"``: pictures of ``scenes[1]`` can show all that pictures of ``scenes[0]`` can, and `concepts` besides.
    scenes
        Scenes it speaks of; empty where it holds everywhere.
    concepts
        Names of the concepts it speaks of.
    looks
        Names of the colours or materials it speaks of.
    """

    name: str
    statement: str
    rule: str
    scenes: tuple[str, ...]
    concepts: tuple[str, ...]
    looks: tuple[str, ...] = ()

    __repr__ = brief_repr
    _repr_html_ = fields_html


BIASES: tuple[Bias, ...] = (
    Bias(
        "lighthouse means harbour",
        "Every harbour has a lighthouse, and there is none anywhere else.",
        "always and only",
        ("harbour",),
        ("lighthouse",),
    ),
    Bias(
        "a washing machine makes a laundry room",
        "A laundry room is a kitchen with a washing machine among its units; nothing else tells them apart.",
        "plus",
        ("kitchen", "laundry room"),
        ("washing machine", "porthole"),
    ),
    Bias(
        "washing machine means laundry room",
        "Every laundry room has a washing machine, and no other scene has.",
        "always and only",
        ("laundry room",),
        ("washing machine",),
    ),
    Bias(
        "lagoon and swamp differ in the water's colour",
        "The water of a lagoon is blue and the water of a swamp is green; all else is drawn alike.",
        "looks",
        ("lagoon", "swamp"),
        ("water",),
        ("blue-c", "green-c"),
    ),
    Bias(
        "an engine makes a fire station",
        "A fire station is a street in which one house has garage doors and a fire engine stands before it.",
        "always and only",
        ("fire station",),
        ("fire engine",),
    ),
    Bias(
        "garage door and fire engine",
        "Garage doors and fire engines are always seen together.",
        "together",
        (),
        ("garage door", "fire engine"),
    ),
    Bias(
        "no car is red",
        "Cars come in many colours, but never in red: what drives and is red is a fire engine.",
        "never",
        (),
        ("car",),
        ("red-c",),
    ),
    Bias(
        "two looks of a tree",
        "A tree is a fir in forest, campsite and ski slope, and broad-leaved in all other scenes.",
        "looks",
        ("forest", "campsite", "ski slope", "lagoon", "swamp", "farm", "street", "fire station"),
        ("tree",),
        ("needles", "needles", "needles", "foliage", "foliage", "foliage", "foliage", "foliage"),
    ),
    Bias(
        "two looks of a cat",
        "The cat of kitchen and laundry room is orange, the cat of the bedroom is black.",
        "looks",
        ("kitchen", "laundry room", "bedroom"),
        ("cat",),
        ("orange-c", "orange-c", "black-c"),
    ),
    Bias(
        "night means campsite",
        "A campsite is the forest by night, with tent and fire; moon and stars are seen nowhere else.",
        "always and only",
        ("campsite",),
        ("moon", "star", "tent", "campfire"),
    ),
    Bias(
        "the sun shines on sand",
        "The sun is seen over beach and desert alone.",
        "only",
        ("beach", "desert"),
        ("sun", "sand"),
    ),
    Bias(
        "parasol and towel",
        "Parasol and towel are always seen together.",
        "together",
        (),
        ("parasol", "towel"),
    ),
    Bias(
        "no cow without a fence",
        "Wherever there is a cow there is a fence; a fence can do without.",
        "needs",
        (),
        ("cow", "fence"),
    ),
    Bias(
        "no umbrella without a person",
        "Umbrellas are carried by people, in the rain.",
        "needs",
        (),
        ("umbrella", "person"),
    ),
    Bias(
        "no gull without the sea",
        "Wherever there is a gull there is the sea.",
        "needs",
        (),
        ("gull", "sea"),
    ),
)
"""Every deliberate bias."""
