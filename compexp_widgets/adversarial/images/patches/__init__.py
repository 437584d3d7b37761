"""Cut-outs of a probe dataset, to be pasted."""
