"""Probing a whole network on a data set of Broden's size: memory, time, and what a kill costs.

    python benchmarks/extraction_at_size.py [--profile ade20k] [--folder FOLDER] [--memory 0.5] [--kill-at 11000]

ResNet-18 of torchvision with weights drawn by a seed, layer4 (512 units of 7×7), on the made-up images of
`broden_like`. The layer is dissected twice, each time in processes of its own: once in one go, once killed (SIGKILL) at
an image and begun again. Every file of the two studies must be the same, bit by bit. Takes half an hour or more and 8
GB of disk; on Linux or macOS.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import torch
from broden_like import IMAGES, broden_like
from broden_size import peak_memory

import compexp_widgets as cw
from compexp_widgets.files.user_cache import cache_folder
from compexp_widgets.progress import lines


def main() -> None:
    """Dissect twice and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=sorted(IMAGES), default="ade20k")
    parser.add_argument("--folder", type=Path, default=cache_folder() / "extraction_at_size")
    parser.add_argument("--memory", type=float, default=0.5, help="gigabytes for maps worked on at once")
    parser.add_argument("--kill-at", type=int, default=11_000, help="the image at which the second run is killed")
    parser.add_argument("--study", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--kill", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.study:
        dissect(options.profile, options.study, options.memory, options.kill_at if options.kill else None)
        return
    print(f"machine    {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    print(f"data       {IMAGES[options.profile]:,} images, layer4 of ResNet-18, memory={options.memory}", flush=True)
    for name, kills in (("straight", [False]), ("killed", [True, False])):
        for kill in kills:
            arguments = [f"--profile={options.profile}", f"--memory={options.memory}", f"--kill-at={options.kill_at}"]
            command = [sys.executable, __file__, *arguments, f"--study={options.folder / name}"]
            code = subprocess.run([*command, "--kill"] if kill else command, check=False).returncode
            if code != (-signal.SIGKILL if kill else 0):
                raise SystemExit(f"{' '.join(command)} ended with {code}")
    straight, killed = (hashes(options.folder / name) for name in ("straight", "killed"))
    for name in straight:
        print(f"{name:18s} {'identical' if straight[name] == killed.get(name) else 'DIFFERENT'}  {straight[name][:16]}")
    if straight != killed:
        raise SystemExit("the two studies differ")


def dissect(profile: str, folder: Path, memory: float, kill_at: int | None) -> None:
    """Dissect in this process, which kills itself at an image where that is wanted."""
    torch.manual_seed(0)
    network = cw.load_network("torchvision:resnet18", weights=None, preprocess="whole")
    dataset, before, shown = broden_like(profile), peak_memory(), lines(seconds=60)

    def report(stage: str, done: int, total: int) -> None:
        shown(stage, done, total)
        if kill_at is not None and done >= kill_at:
            print(f"killed     at image {done:,}; peak memory {peak_memory():.2f} GB", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    started = time.perf_counter()
    cw.dissect(network, "layer4", dataset, folder, memory=memory, report=report).close()
    seconds = time.perf_counter() - started
    print(
        f"dissected  in {seconds:.0f} s; peak memory {peak_memory():.2f} GB, {before:.2f} GB of it before", flush=True
    )


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a study but the explanations, of which there are none."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith((".", "explanations")):
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while part := file.read(1 << 24):
                    digest.update(part)
            found[path.name] = digest.hexdigest()
    return found


if __name__ == "__main__":
    main()
