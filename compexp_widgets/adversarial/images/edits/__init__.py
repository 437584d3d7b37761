"""Edits of pictures, and regions."""
