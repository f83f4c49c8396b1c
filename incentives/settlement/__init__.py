"""The settlement of a week as a pure computation (FORMULAS, §3): files in, files out, no database, no clock.

`frozen` reads the inputs and refuses whatever is not exactly as agreed, `points` turns attention into points (steps
1 to 6), `pool` turns points into money (steps 8 to 10), `merkle` makes the result provable, `statement` writes it.

`wholesale` does what `points` does, for millions: `fields` and `columns` read the files as columns, `exact` has roots
and quotients of columns. All is whole numbers: a float guesses there, and decides nothing.
"""
