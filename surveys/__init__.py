"""What Minping knows about surveys: instrument, sampling, collection, analysis, reporting. Never imports Flask."""
