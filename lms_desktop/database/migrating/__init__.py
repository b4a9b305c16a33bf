"""Migrations that an administrator can trust: where a database stands, what would be done to it, tried, done.

`standing` looks, `plan` and `preflight` say what is ahead, `rehearsal` measures it, `running` does it or takes it back.
Every call blocks; none may be made from the GUI's thread.
"""
