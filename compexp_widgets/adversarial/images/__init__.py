"""Edits of pictures: paste, recolour, remove; what they do to a network's answer."""
