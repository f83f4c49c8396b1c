"""The weekly pool: what everybody's attention was worth to whom, in money, so that anybody can recompute it."""
