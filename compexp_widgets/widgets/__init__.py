"""What a person sees: widgets that turn clicks into calls and results into pictures."""
