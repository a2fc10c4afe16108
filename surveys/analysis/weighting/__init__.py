"""Weights: of persons, for nonresponse, to known population totals; each step kept."""
