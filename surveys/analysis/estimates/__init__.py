"""From a table, a design and weights to figures with their design-based uncertainty."""
