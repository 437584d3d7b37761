"""Studies whose samples are sentence pairs."""
