"""Variance by replicate weights: jackknife, balanced halves, bootstrap, each replicate calibrated anew."""
