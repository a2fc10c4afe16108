"""What residents see: the code, the questionnaire, thanks, and what happens to the answers."""

from webapp.respond import afterwards, door, invited, open_link
from webapp.respond.blueprint import bp

__all__ = ["afterwards", "bp", "door", "invited", "open_link"]
