"""Adversarial examples that formulas suggest: edits of pictures and of sentences, and what a network makes of them."""
