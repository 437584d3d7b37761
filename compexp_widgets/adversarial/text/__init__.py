"""Edits of sentence pairs; what they do to a network's answer."""
