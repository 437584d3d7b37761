"""What networks that see pictures need beside others: what part of a picture they see, fixed pictures, maps on disk."""
