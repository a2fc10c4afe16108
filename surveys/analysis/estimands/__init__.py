"""What is asked of the estimates: quantiles, tests, change between waves, families of comparisons, ranks."""
