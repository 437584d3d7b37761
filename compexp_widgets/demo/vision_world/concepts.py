"""The names of everything that can be seen, and the numbers they have in label maps."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.colours import COLOURS

OBJECTS: tuple[str, ...] = (
    "ball", "barn", "bed", "bedside table", "bench", "bicycle", "book", "bowl", "buoy", "bush", "cabin", "cabinet",
    "cactus", "camel", "campfire", "car", "cat", "chair", "cliff", "clock", "cloud", "cow", "crab", "cup", "curtain",
    "deck chair", "deer", "fence", "fern", "field", "fire engine", "floor", "flower", "forest floor", "fox",
    "fridge", "frog", "fruit", "grass", "gull", "hay bale", "heron", "hill", "house", "jar", "kettle", "lamp",
    "lighthouse", "moon", "mountain", "mushroom", "painting", "palm", "parasol", "path", "pavement", "pier", "pot",
    "potted plant", "quay", "reed", "road", "rock", "rowing boat", "rug", "sailboat", "sand", "sandcastle", "sea",
    "sheep", "shelf", "silo", "sink", "ski lift", "sky", "snow", "snowman", "star", "stove", "street lamp", "sun",
    "table", "teddy bear", "tent", "towel", "tractor", "tree", "wall", "wardrobe", "washing machine", "water",
    "water lily", "worktop",
)
"""Things."""

PARTS: tuple[str, ...] = (
    "antler", "armrest", "backrest", "basin", "beak", "bed frame", "bedpost", "bicycle frame", "blanket", "blossom",
    "blue lamp", "bodywork", "bonnet", "bulb", "bumper", "cab", "cabinet door", "cable", "cactus arm",
    "cactus flower", "canopy", "canvas front", "canvas side", "cap", "carrot nose", "chimney", "claw", "clock face",
    "clock rim", "coconut", "control panel", "crab leg", "crown", "curtain rod", "dome", "door", "drawer",
    "driver's cab", "drum wall", "ear", "entrance", "exhaust", "facade", "fire ring", "flame", "flex", "flower stem",
    "flowerpot", "fridge handle", "frond", "gallery", "garage door", "gondola cabin", "handle", "handlebar",
    "hanger", "hat", "head", "headboard", "headlight", "hob", "horn", "hull", "knob", "ladder", "lamp base",
    "lamp post", "lampshade", "lane marking", "lantern", "leaf", "leg", "lid", "locker", "log", "mast", "mattress",
    "neck", "oar", "oven door", "pad", "paw", "pennant", "petal", "picket", "picture frame", "pillow", "pole",
    "porthole", "post", "pylon", "rail", "reed spike", "roof", "saddle", "saddle cloth", "sail", "scarf", "seat",
    "skirting board", "snow cap", "spout", "stalk", "stem", "stick arm", "tablecloth", "tabletop", "tail", "tap",
    "thwart", "tower", "trunk", "turret", "udder", "wardrobe door", "wheel", "window", "windscreen", "wing",
)
"""Parts of things; no part has the name of a thing."""

MATERIALS: tuple[str, ...] = (
    "brick", "ceramic", "fabric", "feathers", "fleece", "foliage", "fur", "glass", "metal", "needles", "paper",
    "plaster", "plush", "rubber", "stone", "tile", "wood",
)
"""What things are made of."""

SCENES: tuple[str, ...] = (
    "harbour", "lagoon", "swamp", "beach", "farm", "forest", "campsite", "ski slope", "desert", "street", "fire station",
    "kitchen", "laundry room", "bedroom",
)
"""What whole pictures show; a network's classes are in this order."""


def _numbered() -> dict[str, dict[str, int]]:
    names = {
        "object": OBJECTS,
        "part": PARTS,
        "material": MATERIALS,
        "colour": tuple(f"{name}-c" for name in COLOURS),
        "scene": tuple(f"{name}-s" for name in SCENES),
    }
    numbers: dict[str, dict[str, int]] = {}
    first = 1
    for category, members in names.items():
        numbers[category] = {name: first + i for i, name in enumerate(members)}
        first += len(members)
    return numbers


NUMBERS: dict[str, dict[str, int]] = _numbered()
"""Category → concept → label number; numbers start at 1 and are unique across categories."""

CATEGORIES: tuple[str, ...] = tuple(NUMBERS)

NAMES: tuple[tuple[str, str], ...] = (
    ("", ""), *((category, name) for category, members in NUMBERS.items() for name in members)
)
"""Label number → (category, concept)."""
