"""Where annotations come from that no file of labels holds: words and tags of sentences, colour names."""
