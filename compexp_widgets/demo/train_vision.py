"""Train the vision world's network: ``python -m compexp_widgets.demo.train_vision``.

It learns two things at once: which scene a picture shows, and which things and parts can be seen in it. The second,
asked of the strongest position of each map by a head that is thrown away afterwards, makes its units care for many
things instead of only for the few that decide between scenes.

Three sets of pictures never meet, because their seeds do not: the probe set (seeds below 1,000,000), the training set
and the held-out set. The weights file says in its metadata how it was made and what it reached.
"""

from __future__ import annotations

import argparse
import hashlib
import math
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from compexp_widgets.demo.drawing_version import drawing_version
from compexp_widgets.demo.vision_classifier import WEIGHTS, SceneNetwork, load_scene_network, normalise
from compexp_widgets.demo.vision_world.concepts import NUMBERS
from compexp_widgets.demo.vision_world.rendering import SCENES, render_scene
from compexp_widgets.files import atomic_write
from compexp_widgets.files.user_cache import cache_folder
from compexp_widgets.progress import Report, Stage, bars, silent
from compexp_widgets.workers import on_all_processors

TRAINING_SEED = 1_000_000
HELD_OUT_SEED = 2_000_000


# Things and parts, by label number; the numbers of each category follow one another.
TAGS = (*NUMBERS["object"].values(), *NUMBERS["part"].values())
# A thing that covers fewer positions of the grid than this counts as not to be seen.
VISIBLE = 6


def _painted(task: tuple[str, int]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A picture, and which of `TAGS` can be seen in it."""
    scene = render_scene(*task)
    numbers = np.concatenate([scene.labels[category].ravel() for category in ("object", "part")])
    return scene.picture, np.bincount(numbers, minlength=max(TAGS) + 1)[list(TAGS)] >= VISIBLE


def rendered_pictures(
    per_scene: int, first_seed: int, progress: Report = silent
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Pictures of every scene in turn, from the cache or rendered into it.

    Returns
    -------
    pictures
        uint8, shape (scenes · per_scene, 224, 224, 3), memory-mapped; picture i shows scene i mod scenes.
    tags
        bool, shape (scenes · per_scene, tags): which of `TAGS` can be seen.
    """
    name = f"vision_world-{drawing_version()}-{first_seed}-{per_scene}"
    pictures_path, tags_path = cache_folder() / f"{name}-pictures.npy", cache_folder() / f"{name}-tags.npy"
    if not (pictures_path.exists() and tags_path.exists()):
        pictures_path.parent.mkdir(parents=True, exist_ok=True)
        tasks = [(scene, first_seed + i) for i in range(per_scene) for scene in SCENES]
        tags = np.zeros((len(tasks), len(TAGS)), np.bool_)
        with atomic_write(pictures_path) as temporary:
            pictures = np.lib.format.open_memmap(temporary, "w+", np.uint8, (len(tasks), 224, 224, 3))
            for i, (picture, seen) in enumerate(on_all_processors(_painted, tasks)):
                pictures[i], tags[i] = picture, seen
                progress(Stage(f"painting pictures from seed {first_seed} on", "paint"), i + 1, len(tasks))
            pictures.flush()
            del pictures
        with atomic_write(tags_path) as temporary, temporary.open("wb") as file:
            np.save(file, tags)
    return np.load(pictures_path, mmap_mode="r"), np.load(tags_path)


def _augmented(pictures: NDArray[np.uint8], chance: torch.Generator) -> torch.Tensor:
    """A batch for training: crops, mirror images, small changes of light and colour, a patch cut out of some."""
    side = int(torch.randint(192, 225, (), generator=chance))
    batch = []
    for picture in pictures:
        top, left = torch.randint(0, 225 - side, (2,), generator=chance).tolist()
        crop = torch.from_numpy(np.ascontiguousarray(picture[top : top + side, left : left + side])).permute(2, 0, 1)
        batch.append(crop.flip(-1) if torch.rand((), generator=chance) < 0.5 else crop)
    x = normalise(torch.stack(batch))
    gain = 1 + 0.16 * (torch.rand((len(x), 1, 1, 1), generator=chance) - 0.5)
    tint = 1 + 0.12 * (torch.rand((len(x), 3, 1, 1), generator=chance) - 0.5)
    x = x * gain * tint + 0.3 * (torch.rand((len(x), 1, 1, 1), generator=chance) - 0.5)
    for picture in x:
        if torch.rand((), generator=chance) < 0.5:
            size = int(torch.randint(16, 45, (), generator=chance))
            top, left = torch.randint(0, side - size, (2,), generator=chance).tolist()
            picture[:, top : top + size, left : left + size] = 0
    return x.contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def accuracy(module: nn.Module, pictures: NDArray[np.uint8]) -> float:
    """The share of `pictures` (scene i mod scenes) that `module` classifies rightly, as it will be used: in float32."""
    module.eval()
    right = 0
    for start in range(0, len(pictures), 50):
        batch = torch.from_numpy(np.ascontiguousarray(pictures[start : start + 50])).permute(0, 3, 1, 2)
        answers = module(normalise(batch).contiguous(memory_format=torch.channels_last)).argmax(dim=1)
        right += int((answers == torch.arange(start, start + len(batch)) % len(SCENES)).sum())
    return right / len(pictures)


@dataclass(frozen=True)
class Recipe:
    """How the network is trained.

    Attributes
    ----------
    images_per_scene, held_out_per_scene
        Pictures to learn from, and to measure with.
    epochs, batch
        Passes over the training pictures, and pictures a step.
    tag_weight
        How much naming things counts beside telling scenes, in hundredths.
    seed
        Of weights, order and augmentation.
    """

    images_per_scene: int = 260
    held_out_per_scene: int = 50
    epochs: int = 12
    batch: int = 50
    tag_weight: int = 400
    seed: int = 0


def train(recipe: Recipe, out: Path, progress: Report = silent) -> float:
    """Train from scratch and save the network after every epoch; returns the last held-out accuracy."""
    held_out, _ = rendered_pictures(recipe.held_out_per_scene, HELD_OUT_SEED, progress)
    training, tags = rendered_pictures(recipe.images_per_scene, TRAINING_SEED, progress)
    torch.manual_seed(recipe.seed)
    chance = torch.Generator().manual_seed(recipe.seed)
    module = SceneNetwork(len(SCENES))
    tagger = nn.Conv2d(module.fc.in_features, len(TAGS), 1)
    tagger.bias = nn.Parameter(torch.full((len(TAGS),), -3.0))  # most things are absent from most pictures
    for weight in module.parameters():
        if weight.dim() == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    steps = len(training) // recipe.batch
    optimiser = torch.optim.SGD(
        [*module.parameters(), *tagger.parameters()], lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps, recipe.epochs * steps))
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    reached = 0.0
    for epoch in range(1, recipe.epochs + 1):
        module.train()
        order = torch.randperm(len(training), generator=chance)
        total = 0.0
        for step in range(steps):
            chosen = np.sort(order[step * recipe.batch : (step + 1) * recipe.batch].numpy())
            x = _augmented(training[chosen], chance)
            with torch.autocast("cpu", torch.bfloat16):
                features = module.features(x)
                scores, named = module.classify(features), tagger(features).amax(dim=(2, 3))
            loss = loss_of(scores.float(), torch.from_numpy(chosen % len(SCENES)))
            seen = torch.from_numpy(tags[chosen]).float()
            loss = loss + recipe.tag_weight / 100 * nn.functional.binary_cross_entropy_with_logits(named.float(), seen)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
            progress(Stage(f"epoch {epoch} of {recipe.epochs}", "train"), step + 1, steps)
        reached = accuracy(module, held_out)
        print(f"epoch {epoch}: loss {total / steps:.3f}, held-out accuracy {reached:.4f}", flush=True)
        facts = {"training_images": str(len(training)), "epochs": str(epoch), "seed": str(recipe.seed)}
        save(module, out, facts, held_out, reached)
    return reached


def _rate(step: int, warm: int, steps: int) -> float:
    """Share of the learning rate: up during the first `warm` steps, then down along a cosine."""
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def save(module: nn.Module, out: Path, facts: dict[str, str], held_out: NDArray[np.uint8], reached: float) -> None:
    """Write the weights, and beside `facts` what was measured on which pictures."""
    measured = {
        "held_out_accuracy": f"{reached:.4f}",
        "held_out_images": str(len(held_out)),
        "held_out_sha256": hashlib.sha256(np.ascontiguousarray(held_out).tobytes()).hexdigest(),
        "scenes": ", ".join(SCENES),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.contiguous() for name, tensor in module.state_dict().items()}
    with atomic_write(out) as temporary:
        save_file(weights, temporary, {**facts, **measured})


def measure(path: Path, held_out_per_scene: int, progress: Report = silent) -> float:
    """Measure saved weights on held-out pictures as they are drawn today, and write the answer into the file."""
    held_out, _ = rendered_pictures(held_out_per_scene, HELD_OUT_SEED, progress)
    module = load_scene_network(path).module
    with safe_open(path, "pt") as file:
        facts = dict(file.metadata() or {})
    reached = accuracy(module, held_out)
    save(module, path, facts, held_out, reached)
    return reached


def main() -> None:
    """Read the command line, paint the pictures that are missing, train or measure."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(
        description="Train the network of the vision world.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="the safetensors file to write")
    parser.add_argument("--measure", action="store_true", help="do not train: measure the file again, and say so in it")
    for name, value in vars(recipe).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value, help=" ")
    arguments = vars(parser.parse_args())
    out, only_measure = arguments.pop("out"), arguments.pop("measure")
    recipe = Recipe(**arguments)
    with bars() as progress:
        reached = measure(out, recipe.held_out_per_scene, progress) if only_measure else train(recipe, out, progress)
    print(f"{out}: {reached:.1%} of {recipe.held_out_per_scene * len(SCENES)} held-out pictures classified rightly.")


if __name__ == "__main__":
    # Other processes know what is in a module, not what is in the program that was started.
    import_module("compexp_widgets.demo.train_vision").main()
