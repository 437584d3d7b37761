"""What hypotheses add without ground: purposes, reasons, relations, qualities. Hardly any premise tells of them."""

from __future__ import annotations

from compexp_widgets.demo.nli_world.kinds import KINDS, is_human
from compexp_widgets.demo.nli_world.meaning import Addition, Somebody
from compexp_widgets.demo.nli_world.verbs import VERBS

PURPOSES: dict[str, tuple[str, ...]] = {
    "music": ("for a competition", "to earn money", "to win a prize", "for a wedding", "for charity",
              "to impress {his} friends", "for {his} family"),
    "sport": ("to win a trophy", "for a competition", "to win the championship", "to lose weight",
              "for the school team",
              "to win a bet", "for fun with {his} friends"),
    "game": ("to win a prize", "for a competition", "to pass the time", "for fun with {his} family", "to win money"),
    "show": ("for a competition", "to earn money", "for charity", "to impress the mayor", "to win a contest"),
    "read": ("for an exam", "to prepare for a test", "for a class", "to learn about history",
             "because {he} {is} bored"),
    "art": ("for a competition", "for {his} grandmother", "to win a contest", "for a school project", "for a magazine"),
    "look": ("to pass the time", "because {he} {is} bored", "for a class", "for the first time", "for a long time"),
    "office": ("for work", "for {his} boss", "to finish a project", "because {he} {is} behind schedule"),
    "food": ("because {he} {is} hungry", "to celebrate a birthday", "for a competition", "before going to work",
             "for the first time", "after a long day"),
    "drink": ("because {he} {is} thirsty", "to celebrate a birthday", "before going to work", "for the first time",
              "after a long day"),
    "work": ("for {his} neighbor", "to earn money", "for {his} boss", "because {he} lost a bet", "for the first time",
             "to help {his} family", "for a friend"),
    "garden": ("for {his} grandmother", "to earn money", "for {his} neighbor", "before the guests arrive",
               "for a school project"),
    "fun": ("to celebrate a birthday", "for the first time", "with {his} cousins", "to cheer up {his} friend",
            "for a contest"),
    "animal": ("because {he} love animals", "for the first time", "for {his} neighbor", "to win a bet",
               "for a school project"),
    "shop": ("for {his} family", "to earn money", "for a party", "for a friend", "on vacation"),
    "talk": ("about {his} job", "to {his} boss", "about the election", "to {his} mother", "about politics"),
    "speech": ("about politics", "about the election", "to win the election", "for the first time", "about history"),
    "wait": ("to go to work", "because {his} car broke down", "to visit {his} family", "to go home"),
    "run": ("to win a race", "for a marathon", "to catch a bus", "because {he} {is} late", "to lose weight"),
    "walk": ("to the store", "to work", "because {his} car broke down", "to visit a friend", "on vacation",
             "to school"),
    "water": ("to win a medal", "for the first time", "on vacation", "for a competition", "with {his} cousins"),
    "fish": ("for {his} dinner", "to win a competition", "with {his} grandfather", "on vacation"),
    "snow": ("to win a medal", "for the first time", "on vacation", "for a competition", "with {his} cousins"),
    "jump": ("to win a competition", "to win a bet", "for the first time", "to impress {his} friends"),
    "climb": ("to win a bet", "for the first time", "to impress {his} friends", "for a competition"),
    "ride": ("to work", "to win a race", "for the first time", "to visit {his} family", "on vacation", "to the store"),
    "sit": ("because {he} {is} tired", "to wait for a friend", "after a long day", "before going to work"),
    "stand": ("to wait for a friend", "because {he} {is} lost", "for a long time", "to meet {his} family"),
    "rest": ("because {he} {is} tired", "after a long day", "after a party", "before going to work"),
    "cry": ("because {he} {is} hungry", "because {he} lost a toy", "because {he} want {his} mother"),
    "crawl": ("for the first time", "to {his} mother", "to get a toy"),
    "beast": ("because {he} {is} hungry", "to please {his} owner", "for the first time", "to win a contest"),
}  # fmt: skip
"""What each topic of `deeds.Verb` is done for."""

# What children and animals do is not done for a boss, nor sleeping for a prize.
_OF_THE_GROWN = (
    "work",
    "boss",
    "job",
    "money",
    "wedding",
    "election",
    "politics",
    "mayor",
    "guests",
    "car",
    "weight",
    "bet",
)
_BEAST_AT_REST = ("because {he} {is} tired", "to wait for {his} owner", "after a long day", "because {he} {is} old")
_BEAST = (
    "to please {his} owner",
    "because {he} {is} hungry",
    "for the first time",
    "to find {his} owner",
    "to win a contest",
)

BEFORE_PEOPLE = (
    "tall",
    "famous",
    "friendly",
    "rich",
    "lonely",
    "brave",
    "tired",
    "lazy",
    "clever",
    "married",
    "nervous",
)
"""Qualities of people that are hardly ever to be seen."""

BEFORE_CHILDREN = ("tall", "lonely", "friendly", "clever", "tired", "nervous", "brave")
"""Those of children."""

BEFORE_ANIMALS = ("hungry", "friendly", "lost", "wild", "stray", "clever", "tired", "playful")
"""Those of animals."""

BEFORE_THINGS: dict[str, tuple[str, ...]] = {
    "instrument": ("expensive", "new", "broken", "{his} favorite", "{his} first"),
    "food": ("delicious", "{his} favorite", "cheap", "spicy", "{his} first"),
    "drink": ("expensive", "{his} favorite", "cheap", "{his} first"),
    "vehicle": ("stolen", "new", "expensive", "{his} favorite", "rusty", "{his} first"),
    "toy": ("new", "{his} favorite", "{his} first", "cheap"),
    "game": (),
    "animal": ("hungry", "lost", "{his} favorite"),
    "something": ("new", "expensive", "{his} favorite", "old", "cheap"),
}
"""Those of things, by the kind of thing."""

PREDICATES = (
    "{be} late for work", "{be} on vacation", "{be} waiting for a friend", "{be} thinking about dinner",
    "{has} a lot of money", "{be} late for a meeting", "{be} going home soon", "{be} looking for {his} keys",
    "just finished lunch", "{be} proud of {his} work", "hope to win a prize", "live in a small town",
    "{be} from Europe",
    "just came from work", "{be} in a hurry", "love music", "{be} tired after work",
)  # fmt: skip
"""What is said of grown people without ground."""

PREDICATES_OF_CHILDREN = (
    "{be} late for school", "{be} on vacation", "{be} waiting for {his} mother", "{be} thinking about dinner",
    "just finished lunch", "{be} going home soon", "want an ice cream", "{be} in a hurry", "{be} in the first grade",
    "hope to win a prize", "just came from school", "love animals", "{be} best friends with the neighbors",
)  # fmt: skip
"""What is said of children without ground."""

PREDICATES_OF_ANIMALS = (
    "{be} waiting for {his} owner", "{be} hungry", "{be} lost", "belong to a farmer", "want some food",
    "{be} friendly", "{has} a new owner",
)  # fmt: skip
"""What is said of animals without ground."""

RELATIONS: dict[str, tuple[str, ...]] = {
    "male": ("brothers", "friends", "cousins", "neighbors"),
    "female": ("sisters", "friends", "cousins", "neighbors"),
    "": ("friends", "a family", "neighbors", "tourists", "related"),
}
"""What several people are to each other, by their sex."""

DENIED_PREDICATES = (
    "{be} hungry",
    "{be} from Europe",
    "{be} married",
    "{has} a brother",
    "{be} tired",
    "{be} rich",
    "{has} never been to Europe",
    "{has} never won a prize",
    "{has} never seen a camel",
)
"""What is denied without ground: "the man is not married"."""

_SINGULAR = {"love": "loves", "hope": "hopes", "live": "lives", "want": "wants", "belong": "belongs"}


def for_number(text: str, one: Somebody) -> str:
    """Verbs of `text` in the singular for one: "loves"."""
    they = one.number != 1 or (is_human(one.kind) and not KINDS[one.kind].sex)
    # "because they love animals", but "the person loves music": the first word has the noun as its subject.
    return " ".join(
        _SINGULAR[word] if word in _SINGULAR and (one.number == 1 if at == 0 else not they) else word
        for at, word in enumerate(text.split())
    )


def purposes_of(one: Somebody) -> tuple[str, ...]:
    """What `one` may do the last of their deeds for."""
    topic = VERBS[one.deeds[-1].verb].topic
    if not is_human(one.kind):
        return _BEAST_AT_REST if topic in ("rest", "sit", "stand") else _BEAST
    texts = PURPOSES.get(topic, ())
    if KINDS[one.kind].age == "young":
        texts = tuple(text for text in texts if not set(text.split()) & set(_OF_THE_GROWN))
    return texts


def qualities_of(kind: str) -> tuple[str, ...]:
    """What may be said before the noun of somebody of this kind."""
    if kind in ("baby", "kitten", "puppy"):
        return ()
    if not is_human(kind):
        return BEFORE_ANIMALS
    return BEFORE_CHILDREN if KINDS[kind].age == "young" else BEFORE_PEOPLE


def predicates_of(one: Somebody) -> tuple[str, ...]:
    """What may be said of `one`, for all that a premise tells."""
    if not is_human(one.kind):
        return PREDICATES_OF_ANIMALS
    texts = PREDICATES_OF_CHILDREN if KINDS[one.kind].age == "young" else PREDICATES
    if VERBS[one.deeds[-1].verb].topic == "food":
        return tuple(text for text in texts if not set(text.split()) & {"lunch", "dinner", "ice"})
    return texts


def added(position: str, text: str, one: Somebody) -> Addition:
    """An addition about `one`; `Addition` tells the positions."""
    return Addition(position, for_number(text, one))
