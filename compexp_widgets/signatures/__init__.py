"""The signature table, its builder, and where units are active in its terms."""

from compexp_widgets.signatures.table import SignatureBuilder, SignatureTable

__all__ = ["SignatureBuilder", "SignatureTable"]
