"""Train the vision world's network: ``python -m compexp_widgets.demo.train_vision``.

Three sets of pictures never meet, because their seeds do not: the probe set (seeds below 1,000,000), the training set
and the held-out set. The weights file says in its metadata how it was made and what it reached.
"""

from __future__ import annotations

import argparse
import hashlib
import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import nn
from tqdm.auto import tqdm

from compexp_widgets.cache import cache_folder
from compexp_widgets.demo.vision_classifier import WEIGHTS, SceneNetwork, normalise
from compexp_widgets.demo.vision_export import drawing_version
from compexp_widgets.demo.vision_world.rendering import SCENES, render_scene
from compexp_widgets.demo.workers import on_all_processors
from compexp_widgets.files import whole_file

TRAINING_SEED = 1_000_000
HELD_OUT_SEED = 2_000_000


def _picture(task: tuple[str, int]) -> NDArray[np.uint8]:
    return render_scene(*task).picture


def rendered_pictures(per_scene: int, first_seed: int) -> NDArray[np.uint8]:
    """Pictures of every scene in turn, from the cache or rendered into it.

    Returns
    -------
    pictures
        uint8, shape (scenes · per_scene, 224, 224, 3), memory-mapped; picture i shows scene i mod scenes.
    """
    path = cache_folder() / f"vision_world-pictures-{drawing_version()}-{first_seed}-{per_scene}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        tasks = [(scene, first_seed + i) for i in range(per_scene) for scene in SCENES]
        with whole_file(path) as temporary:
            pictures = np.lib.format.open_memmap(temporary, "w+", np.uint8, (len(tasks), 224, 224, 3))
            for i, picture in enumerate(tqdm(on_all_processors(_picture, tasks), "rendering", len(tasks))):
                pictures[i] = picture
            pictures.flush()
            del pictures
    mapped: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return mapped


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
        answers = module(normalise(batch)).argmax(dim=1)
        right += int((answers == torch.arange(start, start + len(batch)) % len(SCENES)).sum())
    return right / len(pictures)


def train(
    training: NDArray[np.uint8], held_out: NDArray[np.uint8], *, epochs: int, seed: int, batch: int, out: Path
) -> float:
    """Train from scratch and save the network after every epoch; returns the last held-out accuracy."""
    torch.manual_seed(seed)
    chance = torch.Generator().manual_seed(seed)
    module = SceneNetwork(len(SCENES))
    for weight in module.parameters():
        weight.data = weight.data.contiguous(memory_format=torch.channels_last) if weight.dim() == 4 else weight.data
    steps = len(training) // batch
    optimiser = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    warm = steps

    def rate(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, epochs * steps - warm)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    reached = 0.0
    fingerprint = hashlib.sha256(np.ascontiguousarray(held_out).tobytes()).hexdigest()
    for epoch in range(epochs):
        module.train()
        order = torch.randperm(len(training), generator=chance)
        total = 0.0
        for step in tqdm(range(steps), f"epoch {epoch + 1} of {epochs}"):
            chosen = np.sort(order[step * batch : (step + 1) * batch].numpy())
            x = _augmented(training[chosen], chance)
            with torch.autocast("cpu", torch.bfloat16):
                scores = module(x)
            loss = loss_of(scores.float(), torch.from_numpy(chosen % len(SCENES)))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss)
        reached = accuracy(module, held_out)
        print(f"epoch {epoch + 1}: loss {total / steps:.3f}, held-out accuracy {reached:.4f}", flush=True)
        save(module, out, reached, len(training), len(held_out), seed, epoch + 1, fingerprint)
    return reached


def save(
    module: nn.Module, out: Path, reached: float, training: int, held_out: int, seed: int, epochs: int, fingerprint: str
) -> None:
    """Write weights and what is known of them."""
    facts = {
        "held_out_accuracy": f"{reached:.4f}",
        "held_out_images": str(held_out),
        "training_images": str(training),
        "epochs": str(epochs),
        "seed": str(seed),
        "held_out_sha256": fingerprint,
        "scenes": ", ".join(SCENES),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.contiguous() for name, tensor in module.state_dict().items()}
    with whole_file(out) as temporary:
        save_file(weights, temporary, facts)


def main() -> None:
    """Read the command line, render what is missing, train."""
    parser = argparse.ArgumentParser(description="Train the network of the vision world.")
    parser.add_argument(
        "--out", type=Path, default=WEIGHTS, help="the safetensors file to write (default: the package's)"
    )
    parser.add_argument("--images-per-scene", type=int, default=260, help="training pictures a scene (default: 260)")
    parser.add_argument("--held-out-per-scene", type=int, default=50, help="held-out pictures a scene (default: 50)")
    parser.add_argument("--epochs", type=int, default=22, help="default: 22")
    parser.add_argument("--batch", type=int, default=50, help="pictures a step (default: 50)")
    parser.add_argument("--seed", type=int, default=0, help="of weights, order and augmentation (default: 0)")
    arguments = parser.parse_args()
    held_out = rendered_pictures(arguments.held_out_per_scene, HELD_OUT_SEED)
    training = rendered_pictures(arguments.images_per_scene, TRAINING_SEED)
    reached = train(
        training, held_out, epochs=arguments.epochs, seed=arguments.seed, batch=arguments.batch, out=arguments.out
    )
    print(f"{arguments.out}: {reached:.1%} of {len(held_out)} held-out pictures classified rightly.")


if __name__ == "__main__":
    main()
