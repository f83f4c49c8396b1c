"""A planet that is already lived on: people, posts, pictures and threads for a newcomer, and big sets for the benches.

All of it is made here from a fixed random seed: no real person, no borrowed text or picture.
"""
