"""Pages for people: where a thing came from, and what a warehouse holds."""
