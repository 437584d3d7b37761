"""What is done in this world: verbs, who does them, with what and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """Something that can be done.

    Attributes
    ----------
    name
        Short name, in the base form.
    doers
        Who does it: ``"person"`` for anybody but babies, ``"adult"``, ``"child"``, ``"baby"``, a species, or
        ``"trade"`` for those alone whose trade it is.
    phrase
        The words before the thing: "play", "look at".
    things
        What it is done with; empty where it is done with nothing.
    bare
        The words without a thing; empty where a thing must be named.
    places
        Names and regions of `places.PLACES` where it is done.
    above
        Verbs that it is a way of doing.
    legs
        What the body does; who walks does not sit. Empty where it is open.
    busy
        Letters for what else it keeps busy: h hands, m mouth, e eyes.
    asleep
        Whether it is done asleep.
    outdoors
        True or False where it is only done there; None where it can be both.
    topic
        What purposes and reasons go with it (`additions`).
    passive
        Whether the thing can be its subject: "a guitar is being played".
    """

    name: str
    doers: tuple[str, ...]
    phrase: str
    things: tuple[str, ...] = ()
    bare: str = ""
    places: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    legs: str = ""
    busy: str = ""
    asleep: bool = False
    outdoors: bool | None = None
    topic: str = ""
    passive: bool = False


VERBS: dict[str, Verb] = {}
"""Every verb by its name."""


def _verb(
    name: str,
    doers: str,
    things: str = "",
    places: str = "",
    *,
    phrase: str = "",
    bare: str = "",
    above: str = "",
    legs: str = "",
    busy: str = "",
    asleep: bool = False,
    outdoors: bool | None = None,
    topic: str = "",
    passive: bool = False,
) -> None:
    def listed(text: str) -> tuple[str, ...]:
        return tuple(text.split(", ")) if text else ()

    phrase = phrase or name
    if not things and not bare:
        bare = phrase
    VERBS[name] = Verb(
        name,
        listed(doers),
        phrase,
        listed(things),
        bare,
        listed(places),
        listed(above),
        legs,
        busy,
        asleep,
        outdoors,
        topic,
        passive,
    )


# fmt: off
# What people make and play.
_verb("make music", "trade", busy="h", topic="music")
_verb("play music", "adult", "guitar, violin, flute, trumpet, accordion, cello, harmonica, saxophone, piano, drums",
      "street, square, park, living room, stage, bar, church, studio", phrase="play", above="make music", busy="h",
      topic="music", passive=True)
_verb("sing", "person", "song", "stage, church, bar, street, studio", bare="sing", busy="m", topic="music",
      passive=True)
_verb("dance", "person", "", "stage, street, studio, living room, square", legs="dance", topic="music")
_verb("play sport", "person", "soccer, football, baseball, basketball, tennis, volleyball, golf, hockey",
      "field, park, stadium, beach", phrase="play", legs="sport", topic="sport", passive=True)
_verb("play game", "person", "chess, checkers, cards", "living room, bedroom, porch", phrase="play", busy="h",
      topic="game", passive=True)
_verb("play with", "child, baby", "blocks, doll, toy train, teddy bear, ball, puzzle", "living room, bedroom, yard",
      busy="h", topic="game")
_verb("juggle", "trade, adult", "pins, torches, oranges", "street, square, stage", busy="h", topic="show",
      passive=True)
_verb("fly", "person", "kite", "beach, field, park", busy="h", outdoors=True, topic="fun", passive=True)
_verb("blow", "child, trade", "bubbles, whistle", "park, yard, street", busy="m", topic="fun")

# Reading, writing, drawing.
_verb("read", "person", "book, newspaper, magazine, comic, letter, map, menu",
      "library, living room, cafe, park, porch, station", bare="read", busy="he", topic="read", passive=True)
_verb("write", "person", "letter, note, story, poem, report", "office, classroom, cafe, living room, library",
      bare="write", busy="h", topic="read", passive=True)
_verb("draw", "person", "picture, portrait, landscape, map", "classroom, park, studio, square", bare="draw",
      busy="h", topic="art", passive=True)
_verb("paint", "person", "picture, portrait, landscape", "studio, park, street, lake", bare="paint", busy="h",
      topic="art", passive=True)
_verb("paint a thing", "adult", "wall, fence, door, chair, boat, bookshelf", "yard, garage, porch", phrase="paint",
      bare="paint", busy="h", topic="work", passive=True)
_verb("take pictures", "trade", busy="he", topic="art")
_verb("photograph", "adult", "birds, flowers, statue, sunset, monument, horse, parade",
      "park, square, beach, bridge", bare="take pictures", above="take pictures", busy="he", topic="art",
      passive=True)
_verb("type", "adult", "laptop, computer", "office, cafe, library", phrase="type on", busy="h", topic="office")
_verb("study", "person", "", "library, classroom, cafe", topic="read")

# Food.
_verb("eat", "person",
      "sandwich, pizza, hot dog, burger, salad, cookie, donut, cake, popcorn, spaghetti, rice, bread, soup, pasta, "
      "noodles, pancakes, ice cream, apple, banana, peach, watermelon, grapes, cherries, chocolate",
      "restaurant, cafe, kitchen, park, porch, market", bare="eat", busy="hm", topic="food", passive=True)
_verb("drink", "person", "coffee, tea, juice, milk, lemonade, water", "cafe, kitchen, porch, bar, restaurant",
      bare="drink", busy="hm", topic="drink", passive=True)
_verb("prepare food", "trade", phrase="prepare food", busy="h", topic="food")
_verb("cook", "adult", "dinner, breakfast, meat, chicken, fish, soup, pasta, eggs, pancakes, vegetables, rice",
      "kitchen, restaurant, yard, market", bare="cook", above="prepare food", busy="h", topic="food", passive=True)
_verb("bake", "adult", "bread, cake, pie, pizza", "kitchen", above="prepare food", busy="h", topic="food",
      passive=True)
_verb("cut food", "adult", "bread, meat, vegetables, cake, fruit", "kitchen, restaurant, market", phrase="slice",
      busy="h", above="prepare food", topic="food", passive=True)
_verb("taste", "trade", "soup, pasta, fish, wine", "kitchen, restaurant", busy="m", topic="food", passive=True)
_verb("serve", "trade", "food, dinner, coffee, pizza, wine", "restaurant, cafe", busy="h", topic="work",
      passive=True)
_verb("pour", "trade", "coffee, tea, water, wine, juice", "restaurant, cafe, bar", busy="h", topic="work",
      passive=True)

# Hands full.
_verb("carry", "person", "box, bag, basket, suitcase, bucket, ladder, surfboard, backpack",
      "street, sidewalk, station, parking lot, farm", busy="h", topic="work", passive=True)
_verb("push", "adult", "stroller, cart, lawn mower, wheelbarrow, shopping cart", "street, park, sidewalk, garden",
      busy="h", topic="work", passive=True)
_verb("pull", "person", "wagon, sled, suitcase, cart", "street, sidewalk, park", busy="h", topic="work",
      passive=True)
_verb("hold", "person", "sign, flag, umbrella, balloon, camera, candle, trophy, flower, bag",
      "street, square, park, stage", busy="h", topic="fun")
_verb("throw", "person", "ball, frisbee, snowball, stick, rock", "park, beach, yard, field", busy="h", topic="sport",
      passive=True)
_verb("kick", "person", "ball", "park, beach, yard, field", legs="sport", topic="sport", passive=True)
_verb("catch", "person, dog", "ball, frisbee", "park, beach, yard, field", busy="h", topic="sport", passive=True)
_verb("lift", "adult", "weights, box", "gym, garage", busy="h", topic="sport", passive=True)
_verb("repair", "adult", "bicycle, car, roof, engine, fence, computer, sink, radio, clock, truck",
      "garage, street, yard", busy="h", topic="work", passive=True)
_verb("clean", "adult", "window, floor, table, dishes", "kitchen, restaurant, office", busy="h", topic="work",
      passive=True)
_verb("wash", "person", "car, dishes, dog, window, truck", "street, yard, garage", busy="h", topic="work",
      passive=True)
_verb("build", "person", "sandcastle, snowman, wall, shed, tower, house, fence", "yard, garden", busy="h",
      topic="work", passive=True)
_verb("dig", "person, dog", "hole", "beach, yard, garden, field", busy="h", topic="work", passive=True)
_verb("cut plants", "adult", "wood, grass, hedge, bushes", "yard, garden", phrase="cut", busy="h", outdoors=True,
      topic="garden", passive=True)
_verb("rake", "adult", "leaves", "yard, park, garden", busy="h", outdoors=True, topic="garden", passive=True)
_verb("shovel", "adult", "snow", "yard, street", busy="h", outdoors=True, topic="work", passive=True)
_verb("water", "adult", "plants, flowers", "garden, yard, porch", busy="h", topic="garden", passive=True)
_verb("plant", "adult", "tree, flowers, vegetables, bushes", "garden, yard, field, park", busy="h", topic="garden",
      passive=True)
_verb("pick", "person", "apples, oranges, cherries, grapes, strawberries, berries, flowers", "farm, garden, field",
      busy="h", outdoors=True, topic="garden", passive=True)
_verb("feed", "person", "birds, ducks, chickens, pigeons, horse, goat, cow, rabbit", "park, farm, lake, field",
      busy="h", topic="animal", passive=True)
_verb("milk", "trade", "cow, goat", "barn, farm", busy="h", topic="animal", passive=True)
_verb("pet", "person", "dog, cat, horse, goat, rabbit, pony", "yard, park, farm", busy="h", topic="animal",
      passive=True)
_verb("open", "child", "gift, box, letter", "living room, bedroom", busy="h", topic="fun", passive=True)
_verb("knit", "adult", "scarf, sweater", "living room, porch, cafe", busy="h", topic="art", passive=True)
_verb("sew", "adult", "dress, shirt", "living room, studio", busy="h", topic="art", passive=True)

# Trades.
_verb("examine", "trade", "patient, baby", "hospital", busy="he", topic="work", passive=True)
_verb("teach", "trade", "students", "classroom", busy="m", topic="work", passive=True)
_verb("direct traffic", "trade", "", "street, bridge", busy="h", outdoors=True, topic="work")
_verb("guard", "trade", "gate, door", "street, square", legs="stand", topic="work", passive=True)
_verb("march", "trade", "", "street, square, bridge, field", above="walk", legs="walk", topic="show")
_verb("fight a fire", "trade", "", "street, forest, farm", busy="h", topic="work")
_verb("sell", "adult", "fruit, flowers, vegetables, newspapers, souvenirs, toys, hats, ice cream",
      "market, street, square", busy="h", topic="shop", passive=True)
_verb("buy", "adult", "fruit, vegetables, bread, flowers, shoes, books, groceries", "market, store, supermarket",
      busy="h", topic="shop", passive=True)
_verb("shop", "adult", "clothes, shoes, groceries, gifts", "store, supermarket, market", phrase="shop for",
      bare="shop", topic="shop")
_verb("talk", "person", "phone", "street, office, cafe, station, sidewalk", phrase="talk on", bare="talk", busy="m",
      topic="talk")
_verb("speak", "adult", "microphone", "stage, square, church", phrase="speak into", bare="speak", busy="m",
      topic="speech")

# Looking and waiting.
_verb("watch", "person", "television, movie, parade, show, fireworks, birds", "living room, park, square",
      bare="watch", busy="e", topic="fun", passive=True)
_verb("look at", "person", "painting, statue, map, menu, sunset, phone, picture",
      "museum, square, restaurant, beach", busy="e", topic="look")
_verb("wait", "person", "bus, train, taxi", "bus stop, station, street, sidewalk", phrase="wait for", bare="wait",
      topic="wait")
_verb("wave", "person", "flag", "street, bridge, square, stage", bare="wave", busy="h", topic="fun")
_verb("laugh", "person", "", "park, cafe, living room, stage", busy="m", topic="fun")
_verb("cry", "child, baby", "", "bedroom, playground, living room, street", busy="m", topic="cry")

# On the move.
_verb("run", "person, dog, horse", "", "park, beach, street, trail, field", legs="run", topic="run")
_verb("jog", "adult", "", "park, beach, street, trail, sidewalk", above="run", legs="run", topic="run")
_verb("walk", "person, dog, cat, horse, cow, elephant", "", "park, beach, street, trail, field, sidewalk, bridge",
      legs="walk", topic="walk")
_verb("walk a dog", "adult", "dog", "park, beach, street, sidewalk", phrase="walk", above="walk", legs="walk",
      topic="walk")
_verb("hike", "adult", "", "mountain, forest, trail, desert", above="walk", legs="walk", outdoors=True, topic="walk")
_verb("swim", "person, dog, duck", "pool, lake, ocean, river", phrase="swim in", bare="swim", legs="swim", busy="h",
      topic="water")
_verb("surf", "adult", "", "beach", legs="surf", busy="h", outdoors=True, topic="water")
_verb("row", "adult", "boat, canoe, raft", "lake, river", legs="boat", busy="h", outdoors=True, topic="water")
_verb("fish", "adult", "", "lake, river, bridge, beach", busy="h", outdoors=True, topic="fish")
_verb("ski", "person", "", "hill, mountain", legs="ski", busy="h", outdoors=True, topic="snow")
_verb("snowboard", "adult", "", "hill, mountain", legs="snowboard", outdoors=True, topic="snow")
_verb("skate", "person", "", "ice rink", legs="skate", topic="snow")
_verb("jump", "person, dog, horse", "fence, puddle, hurdle, rope, log, stream", "park, field, yard, street",
      phrase="jump over", bare="jump", legs="jump", topic="jump")
_verb("climb", "person", "tree, mountain, cliff, ladder, wall, fence", "park, yard", legs="climb", busy="h",
      topic="climb", passive=True)
_verb("ride", "person", "bicycle, horse, motorcycle, scooter, skateboard, unicycle, camel, pony",
      "street, park, trail, beach, square", legs="ride", busy="h", topic="ride")
_verb("drive", "adult", "car, truck, tractor, bus, taxi", "street, bridge, parking lot", legs="drive", busy="h",
      topic="ride")
_verb("swing on", "child", "swing, rope", "playground, yard", legs="swing", busy="h", topic="fun")
_verb("slide down", "child", "slide", "playground", legs="slide", topic="fun")
_verb("crawl", "baby", "", "living room, bedroom, yard", legs="crawl", topic="crawl")
_verb("stretch", "adult", "", "gym, park, studio, beach", legs="stretch", topic="sport")

# At rest.
_verb("rest", "trade", topic="rest")
_verb("sit", "person, dog, cat, bird, monkey, baby",
      "bench, chair, couch, rock, steps, blanket, stool, log, ground, carpet",
      "park, porch, cafe, garden, library, living room", phrase="sit on", bare="sit", legs="sit", topic="sit")
_verb("stand", "person, horse, cow, goat, sheep, elephant", "", "street, bridge, field, stage, beach, roof, hill",
      legs="stand", topic="stand")
_verb("lie", "person, dog, cat, cow", "blanket, couch, bed, sand, carpet, hammock, ground",
      "beach, park, bedroom, yard", phrase="lie on", bare="lie down", above="rest", legs="lie", topic="rest")
_verb("sleep", "person, dog, cat, baby", "couch, bed, blanket, bench, hammock, carpet, chair",
      "bedroom, living room, park, porch", phrase="sleep on", bare="sleep", above="rest", busy="hme", asleep=True,
      topic="rest")

# Animals.
_verb("chase", "dog, cat", "ball, squirrel, rabbit, frisbee, birds", "yard, field, park, beach", above="run",
      legs="run", topic="beast", passive=True)
_verb("fetch", "dog", "stick, ball, frisbee", "beach, lake, park, field", busy="m", topic="beast", passive=True)
_verb("chew", "dog", "bone, slipper, stick", "yard, porch, living room", phrase="chew on", busy="m", topic="beast")
_verb("bark", "dog", "cat, squirrel, car, bicycle", "yard, street, porch", phrase="bark at", bare="bark", busy="m",
      topic="beast")
_verb("roll in", "dog, horse, elephant", "mud, grass, sand", "field, yard", legs="lie", topic="beast")
_verb("graze", "horse, cow, goat, sheep, elephant", "grass, hay", "field, farm", phrase="eat", bare="eat",
      above="eat", busy="m", topic="beast", passive=True)
_verb("eat fruit", "monkey, elephant, bird", "banana, fruit, apple, berries", "forest, park, garden", phrase="eat",
      bare="eat", above="eat", busy="hm", topic="beast", passive=True)
_verb("lap", "cat, dog, horse, cow, goat, elephant", "water, milk", "yard, farm, river", phrase="drink",
      bare="drink", above="drink", busy="m", topic="beast", passive=True)
_verb("climb up", "cat, monkey", "tree, fence, wall", "yard, park, garden", phrase="climb", above="climb",
      legs="climb", busy="h", topic="beast", passive=True)
_verb("play yarn", "cat, monkey", "ball, slipper, toy", "living room, porch, yard", phrase="play with", busy="h",
      topic="beast")
_verb("pull a load", "horse, cow", "cart, wagon", "street, farm, field", phrase="pull", above="pull", legs="walk",
      topic="beast", passive=True)
_verb("fly over", "bird", "lake, field", "lake, field, farm, beach", phrase="fly over", bare="fly", legs="fly",
      outdoors=True, topic="beast")
# fmt: on
