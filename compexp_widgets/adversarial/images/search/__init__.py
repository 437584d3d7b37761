"""The search for an edit that changes what a network answers."""
