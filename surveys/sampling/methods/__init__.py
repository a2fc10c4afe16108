"""Unequal probability designs on numpy arrays: how to draw, and the joint probabilities that a variance needs.

Nothing that a page loads imports this package. The draw of a wave is surveys.sampling.draw, in whole numbers.
"""
