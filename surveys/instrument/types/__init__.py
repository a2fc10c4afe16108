"""Question types: one file each, discovered by surveys.instrument.questions.QUESTION_TYPES."""
