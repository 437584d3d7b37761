"""Annotators: concepts that no file of labels holds, such as words and tags of sentences, and colour names."""
