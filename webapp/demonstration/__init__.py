"""The demonstration: an invented survey of a district that is told to be invented wherever it shows."""
