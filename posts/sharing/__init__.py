"""How what is public here looks elsewhere: previews of links, feeds, sitemaps, what search engines read.

Only what a guest may read leaves this way. `subjects` finds it, `meta` describes it, `drawing` draws its picture.
"""
