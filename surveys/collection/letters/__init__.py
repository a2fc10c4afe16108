"""Letters with an access code: composed in memory, streamed, never stored."""
