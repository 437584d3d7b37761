"""Samples that networks are probed with, of each modality, and the readers of their formats."""
