"""Qt models: what a view ever talks to. Pages, drafts, ordered children, lookups, and the desk that crosses threads."""
