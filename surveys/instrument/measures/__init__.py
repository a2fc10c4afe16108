"""Ways to turn answers into figures: one file each, discovered by surveys.instrument.indicators.MEASURES."""
