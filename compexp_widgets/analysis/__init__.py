"""Questions about an explained study: what agrees, what does not, and which images show it."""
