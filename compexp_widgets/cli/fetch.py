"""``compexp fetch``: data sets and networks from their authors."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from compexp_widgets.cli.printing import add_output_options, answer, note, shown_progress


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "fetch",
        help="download a data set or a network, or list what there is",
        description="Download a data set or a network from its authors, check it and unpack it; without a name, list "
        "what there is. Stop it at any time: the same command continues.",
    )
    option = parser.add_argument
    option("name", nargs="?", help="what to fetch, such as broden1_224")
    option("--from", dest="from_", metavar="ADDRESS|FILE", help="another copy: its address, or a file on this machine")
    option("--to", metavar="FOLDER", help="where it goes, in a folder of its own (default: the cache folder)")
    option("--yes", action="store_true", help="agree to the licence without being asked")
    add_output_options(parser)
    parser.set_defaults(run=_run, kept="What has come")


def _run(options: argparse.Namespace) -> None:
    from compexp_widgets.downloads import fetch, known_downloads, overview  # noqa: PLC0415

    if options.name is None:
        about = ("name", "title", "about", "bytes", "licence", "verified")
        listed = [{name: getattr(one, name) for name in about} for one in known_downloads()]
        answer(options, {"downloads": listed}, *overview().splitlines())
        return
    # A person who is to agree to a licence is shown it, quiet or not.
    tell = None if not options.yes and sys.stdin is not None and sys.stdin.isatty() else partial(note, options)
    with shown_progress(options) as report:
        place = fetch(options.name, options.to, from_=options.from_, report=report, tell=tell, yes=options.yes)
    answer(options, {"name": options.name, "place": place}, str(place))
