"""What it takes to import the toolkit, as ``python -X importtime`` measures it.

    python benchmarks/import_time.py [--rounds 5]

For a script's first line, for the command line's help, for a process that explains units for another one (what
`workers` starts on every processor), and for what people import first: milliseconds spent on imports, the least of
some rounds, since other programs can only add to it; how many modules; and the packages that take most of it. What
Python imports by itself is not counted.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter

PROGRAMS = {
    "import compexp_widgets": "import compexp_widgets",
    "compexp --help": "from compexp_widgets.cli import main; main(['--help'])",
    "a worker process": "import compexp_widgets.worker_process, compexp_widgets.study.explaining as one\n"
    "import compexp_widgets.study.images.units",
    "cw.explain_masks": "import compexp_widgets as cw; cw.explain_masks",
    "cw.read_dataset": "import compexp_widgets as cw; cw.read_dataset",
    "cw.open_study": "import compexp_widgets as cw; cw.open_study",
    "cw.VisionExplorer": "import compexp_widgets as cw; cw.VisionExplorer",
}


LEAST = 2.0  # milliseconds: a package that takes less is not named


def imports(program: str) -> dict[str, float]:
    """Module → milliseconds spent on it alone, for all that a program imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = {}
    for line in done.stderr.splitlines():
        if line.startswith("import time:") and "self [us]" not in line:
            own, _, name = line.removeprefix("import time:").split("|")
            found[name.strip()] = int(own) / 1000
    return found


def told(name: str, program: str, rounds: int, by_itself: set[str]) -> str:
    """One row of the table in docs/measured.md."""
    measured = [
        {module: spent for module, spent in imports(program).items() if module not in by_itself} for _ in range(rounds)
    ]
    fastest = min(measured, key=lambda one: sum(one.values()))
    packages: Counter[str] = Counter()
    for module, spent in fastest.items():
        packages[module.partition(".")[0]] += spent  # type: ignore[assignment]
    others = ", ".join(
        f"{package} {spent:.0f}"
        for package, spent in packages.most_common()
        if package not in sys.stdlib_module_names and spent >= LEAST
    )
    return f"| `{name}` | {sum(fastest.values()):.0f} ms | {len(fastest)} | {others} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    by_itself = set(imports("pass"))
    print("| what | imports take | modules | packages, in ms |\n|---|---|---|---|")
    for name, program in PROGRAMS.items():
        print(told(name, program, options.rounds, by_itself), flush=True)


if __name__ == "__main__":
    main()
