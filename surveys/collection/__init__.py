"""How answers come in: waves, access codes, letters, the one way in, sealing, the contact log and progress."""
