"""A small painted world: fourteen scenes, drawn by code, with an annotation that is true by construction."""
