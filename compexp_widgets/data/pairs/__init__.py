"""Sentence pairs: their words, what can be said of them, and the networks that judge them."""
