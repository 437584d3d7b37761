"""Networks that judge sentence pairs: how pairs are shown to any module, and the Bowman architecture with a trainer."""
