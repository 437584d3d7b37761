"""Networks that are shown pictures: their inputs, layouts of their layers, the part they see, maps on disk."""
