"""Data sets and networks from where their authors publish them, checked and unpacked."""

from compexp_widgets.downloads.disk_space import NoRoomError
from compexp_widgets.downloads.fetching import fetch
from compexp_widgets.downloads.registry import Download, find_download, known_downloads, overview
from compexp_widgets.downloads.transfer import RetryPolicy

__all__ = ["Download", "NoRoomError", "RetryPolicy", "fetch", "find_download", "known_downloads", "overview"]
