"""What an installation takes: installs each recipe of the README into a fresh environment and measures it.

    python benchmarks/install_size.py                      all recipes
    python benchmarks/install_size.py engine data          some of them
    python benchmarks/install_size.py server --pip="--extra-index-url https://download.pytorch.org/whl/cpu"
    python benchmarks/install_size.py engine --keep envs   keeps the environments in the folder envs, one a recipe

A recipe's packages are those of constraints.txt, or with --unpinned what pip takes today. What pip downloads is
measured in packed files, what lies on the disk in bytes of all files that the packages brought, compiled Python
included; pip itself is not counted.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

RECIPES: dict[str, tuple[list[str], bool]] = {
    "whole": ([], True),
    "server": (["-r", str(PROJECT / "requirements" / "server.txt")], False),
    "data": (["-r", str(PROJECT / "requirements" / "data.txt")], False),
    "engine": (["numpy"], False),
}
"""Recipe → what it installs besides the toolkit, and whether the toolkit's own dependencies come along."""


def measure(recipe: str, folder: Path, pip_options: list[str], constraints: list[str]) -> str:
    """Install a recipe into `folder` and tell the number of its packages, and the sizes in bytes of both kinds."""
    more, whole = RECIPES[recipe]
    python = str(folder / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    before = _packages(python).keys()
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    with tempfile.TemporaryDirectory(dir=folder) as packed:
        subprocess.run(
            [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", packed, *pip_options, PROJECT], check=True
        )
        asked = [*map(str, Path(packed).glob("*.whl")), *more] if whole else more
        subprocess.run([*pip, "download", "--quiet", "--dest", packed, *constraints, *pip_options, *asked], check=True)
        files = [str(path) for path in Path(packed).iterdir()]
        downloaded = sum(Path(file).stat().st_size for file in files)
        subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", *files], check=True)
    packages = _packages(python)
    sizes = {name: size for name, size in packages.items() if name not in before}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:5]
    return (
        f"{recipe}: {len(sizes)} packages, {downloaded / 1e6:,.0f} MB downloaded, {sum(sizes.values()) / 1e6:,.0f} MB "
        f"installed, of which " + ", ".join(f"{name} {sizes[name] / 1e6:,.0f}" for name in largest)
    )


def _packages(python: str) -> dict[str, int]:
    """Installed package → bytes of its files, which pip lists and Python compiled."""
    told = subprocess.run([python, "-c", _SIZES], capture_output=True, text=True, check=True).stdout
    sizes: dict[str, int] = json.loads(told)
    return sizes


_SIZES = """
import json
from importlib.metadata import distributions
from pathlib import Path
sizes = {}
for one in distributions():
    paths = [Path(one.locate_file(file)) for file in one.files or ()]
    sizes[one.name] = sum(path.stat().st_size for path in paths if path.is_file())
print(json.dumps(sizes))
"""


def main() -> None:
    """Measure the recipes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", choices=[[], *RECIPES], metavar="|".join(RECIPES))
    parser.add_argument("--pip", default="", help="options for pip, such as another package index")
    parser.add_argument("--unpinned", action="store_true", help="without constraints.txt")
    parser.add_argument("--keep", type=Path, help="folder that keeps the environments")
    options = parser.parse_args()
    constraints = [] if options.unpinned else ["--constraint", str(PROJECT / "constraints.txt")]
    with tempfile.TemporaryDirectory() as temporary:
        for recipe in options.recipes or RECIPES:
            folder = (options.keep or Path(temporary)).resolve() / recipe
            print(measure(recipe, folder, shlex.split(options.pip), constraints), flush=True)


if __name__ == "__main__":
    main()
