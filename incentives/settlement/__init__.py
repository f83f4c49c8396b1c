"""The settlement of a week as a pure computation (FORMULAS, §3): files in, files out, no database, no clock, no float.

`frozen` reads the inputs and refuses whatever is not exactly as agreed, `points` turns attention into points (steps
1 to 6), `pool` turns points into money (steps 8 to 10), `merkle` makes the result provable, `statement` writes it.
"""
