"""The phrases that sentences of this world are made of, and the words that a speaker keeps to."""

from __future__ import annotations

from collections.abc import Sequence

from compexp_widgets.demo.nli_world.chance import Chance
from compexp_widgets.demo.nli_world.grammar import ing, participle, plural, third, with_article
from compexp_widgets.demo.nli_world.kinds import KINDS
from compexp_widgets.demo.nli_world.looks import AGES, FEATURES, GARMENTS, MOODS
from compexp_widgets.demo.nli_world.meaning import MANY, PLURAL, Addition, Deed, Somebody
from compexp_widgets.demo.nli_world.places import PLACES, WEATHERS
from compexp_widgets.demo.nli_world.things import THINGS
from compexp_widgets.demo.nli_world.verbs import VERBS

_NUMBER_WORDS = {2: "two", 3: "three", 4: "four"}
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "child": ("child", "child", "kid"),
    "woman": ("woman", "woman", "woman", "woman", "lady"),
    "man": ("man", "man", "man", "man", "guy"),
    "policeman": ("policeman",),
    "bicycle": ("bicycle", "bike"),
    "motorcycle": ("motorcycle", "motorbike"),
    "television": ("television", "TV"),
    "couch": ("couch", "sofa"),
    "wood": ("wood", "firewood"),
    "picture": ("picture",),
    "take pictures": ("take pictures", "take photos"),
    "repair": ("repair", "fix"),
    "jog": ("jog",),
    "talk": ("talk", "talk", "chat"),
    "talk on": ("talk on",),
    "sleep": ("sleep", "sleep", "nap"),
}
# Done by several, each has a thing of their own: "two boys are riding bicycles".
_EACH = frozenset(
    (
        "ride",
        "eat",
        "carry",
        "hold",
        "read",
        "play music",
        "pull",
        "fly",
        "throw",
        "drive",
        "open",
        "knit",
        "sew",
        "type",
        "eat fruit",
    )
)


class Speaker:
    """Chooses between words that mean the same, and mostly keeps to the choice.

    Parameters
    ----------
    chance
        What decides.
    habit
        Choices made before: of the one who told the premise.
    loyalty
        How likely it is that such a choice is kept.
    """

    def __init__(self, chance: Chance, habit: dict[str, str] | None = None, loyalty: float = 0.75) -> None:
        self.chance = chance
        self.habit = {} if habit is None else dict(habit)
        self._loyalty = loyalty

    def choose(self, about: str, choices: Sequence[str]) -> str:
        """One of `choices`: the one that was chosen before, or a new one."""
        if about not in self.habit or not self.chance.coin(self._loyalty):
            self.habit[about] = self.chance.pick(choices)
        return self.habit[about]

    def word(self, concept: str) -> str:
        """The word for a kind, a thing or a phrase."""
        return self.choose(concept, _SYNONYMS[concept]) if concept in _SYNONYMS else concept


def is_are(number: int) -> str:
    """The verb "be" for one or several."""
    return "is" if number == 1 else "are"


def noun(speaker: Speaker, kind: str, number: int) -> str:
    """A kind of people or animals by its word, in the plural for several."""
    word = speaker.word(kind)
    if number == 1:
        return word
    return KINDS[kind].plural if word == kind else "ladies" if word == "lady" else plural(word)


def garment_phrase(speaker: Speaker, one: Somebody) -> list[str]:
    """What somebody wears: "a red shirt", or "red shirts" on several."""
    assert one.garment is not None
    described = GARMENTS[one.garment]
    colour = [one.garment_colour] if one.garment_colour else []
    if one.number != 1 or described.is_pair:
        return [*colour, described.plural]
    return with_article([*colour, described.name])


def looks_phrase(speaker: Speaker, one: Somebody) -> list[str]:
    """What follows the noun: "with a beard in a red shirt"."""
    words = FEATURES[one.feature][0].split() if one.feature else []
    if one.number != 1 and words[1:2] == ["a"]:
        words = [words[0], plural(words[2])]  # "with beards"
    if one.garment:
        link = speaker.choose("wearing", ("in", "wearing", f"who {is_are(one.number)} wearing"))
        if one.garment == "sunglasses" and link == "in":
            link = "with"
        words += [*link.split(), *garment_phrase(speaker, one)]
    return words


def noun_phrase(
    speaker: Speaker, one: Somebody, *, definite: bool = False, before: Sequence[str] = (), article: bool = True
) -> list[str]:
    """Somebody with their number, mood, age, coat and looks: "two young women in red coats".

    Parameters
    ----------
    speaker
        Who chooses the words.
    one
        Whom they name; deeds are left out.
    definite
        "the" instead of "a".
    before
        Adjectives that no scene tells.
    article
        Without it there is none: "no [man in a hat]".
    """
    adjectives = list(before)
    if one.mood:
        # Grown people frown; children cry.
        moods = MOODS[one.mood] if one.mood == "happy" else MOODS["sad"][KINDS[one.kind].age != "young" :][:1]
        adjectives.append(speaker.choose("mood", moods))
    if one.age:
        young = AGES["young"] if KINDS[one.kind].age == "young" else ("young",)
        adjectives.append(speaker.choose("age", young if one.age == "young" else AGES["old"]))
    if one.colour:
        adjectives.append(one.colour)
    words = [*adjectives, noun(speaker, one.kind, one.number)]
    looks = looks_phrase(speaker, one)
    if not article:
        return words + looks
    if one.number == 1:
        return ["the", *words, *looks] if definite else [*with_article(words), *looks]
    if one.number in _NUMBER_WORDS:
        number = [_NUMBER_WORDS[one.number]] if not definite or speaker.chance.coin(0.5) else []
        return [*(["the"] if definite else []), *number, *words, *looks]
    if definite:
        return ["the", *words, *looks]
    if one.number == MANY:
        return [*speaker.choose("many", ("a group of", "several", "a group of")).split(), *words, *looks]
    assert one.number == PLURAL
    return [*(["some"] if speaker.chance.coin(0.4) else []), *words, *looks]


def thing_phrase(
    speaker: Speaker,
    name: str,
    colour: str | None = None,
    *,
    each: bool = False,
    before: str = "",
    definite: bool = False,
) -> list[str]:
    """A thing with its colour: "a red ball", "some bread", "the drums"."""
    thing = THINGS[name]
    word = speaker.word(name)
    if each and "a" in thing.articles and not thing.plural:
        return [*([before] if before else []), *([colour] if colour else []), *plural(word).split()]
    words = [*([colour] if colour else []), *word.split()]
    if before:
        if before.split(maxsplit=1)[0] in ("his", "her", "its", "their"):
            return [*before.split(), *words]
        words = [before, *words]
    article = (
        "the" if definite and "" not in thing.articles[:1] else speaker.choose(f"article of {name}", thing.articles)
    )
    if before and article in ("wooden", "colorful", "heavy"):
        article = ""
    if article in ("a", "an"):
        return with_article(words)
    return [*([article] if article else []), *words]


def _inflected(phrase: str, form: str, number: int) -> list[str]:
    first, *rest = phrase.split()
    if form == "ing":
        first = ing(first)
    elif form == "present" and number == 1:
        first = third(first)
    elif form == "participle":
        first = participle(first)
    return [first, *rest]


def deed_phrase(speaker: Speaker, deed: Deed, number: int, form: str, before: str = "") -> list[str]:
    """A deed with its thing: "playing the guitar".

    Parameters
    ----------
    speaker
        Who chooses the words.
    deed
        What is done.
    number
        How many do it.
    form
        ``"ing"``, ``"present"``, ``"participle"``, or ``"base"``.
    before
        A quality of the thing that no scene tells, before its noun.
    """
    verb = VERBS[deed.verb]
    if deed.thing is None:
        return _inflected(speaker.word(verb.bare or verb.phrase), form, number)
    each = number != 1 and deed.verb in _EACH
    words = thing_phrase(speaker, deed.thing, deed.colour, each=each, before=before, definite=verb.phrase == "talk on")
    return [*_inflected(speaker.word(verb.phrase), form, number), *words]


def place_phrase(speaker: Speaker, name: str) -> list[str]:
    """Where it is: "in a park"."""
    return speaker.choose(f"place {name}", PLACES[name].phrases).split()


def weather_phrase(speaker: Speaker, name: str) -> list[str]:
    """In what weather, or when: "on a sunny day"."""
    return speaker.choose(f"weather {name}", WEATHERS[name].phrases).split()


def pronouns(one: Somebody) -> dict[str, str]:
    """He, his and him for whom it is said of; {is} goes with the pronoun, {be} and {has} with the noun."""
    described = KINDS[one.kind]
    nouns = {"be": is_are(one.number), "has": "has" if one.number == 1 else "have"}
    if one.number != 1 or (described.species == "human" and not described.sex):
        return nouns | {"he": "they", "his": "their", "him": "them", "is": "are"}
    he, his, him = {"male": ("he", "his", "him"), "female": ("she", "her", "her")}.get(
        described.sex, ("it", "its", "it")
    )
    return nouns | {"he": he, "his": his, "him": him, "is": "is"}


def addition_words(addition: Addition, one: Somebody) -> list[str]:
    """The words of what is added, with the pronouns of `one`."""
    return addition.text.format(**pronouns(one)).split()
