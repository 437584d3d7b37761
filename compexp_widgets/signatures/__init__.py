"""The signature table, its builder, and where units are active in its terms."""

from compexp_widgets.signatures.table import PositionCounts, SignatureBuilder, SignatureTable

__all__ = ["PositionCounts", "SignatureBuilder", "SignatureTable"]
