"""How an operation is taken back: its net changes, what is in the way, lists, writing, rights, words."""
