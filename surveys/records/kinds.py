"""The closed vocabularies that records use; each value is the text that is stored."""

from enum import StrEnum


class Channel(StrEnum):
    """How a response came in; open-link answers are never mixed into the rate of a sample."""

    INVITED = "invited"
    OPEN = "open"
    PANEL = "panel"
    PARTY = "party"


class Mode(StrEnum):
    """Who held the device, or which medium carried the answers."""

    SELF = "self"
    INTERVIEWER = "interviewer"
    TELEPHONE = "telephone"
    PAPER = "paper"


class WaveState(StrEnum):
    """A wave moves forward only."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class PassKind(StrEnum):
    """Which letter carried the access code of a slot."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    VISIT = "visit"
    REISSUE = "reissue"
    POSTER = "poster"


class Role(StrEnum):
    """What a grant allows; every route names one of these or stands on the public list."""

    ADMINISTRATOR = "administrator"
    ASSESSOR = "assessor"
    OFFICIAL = "official"


class Audience(StrEnum):
    """For whom a figure passed the disclosure gate."""

    PUBLIC = "public"
    OFFICIAL = "official"


class JobState(StrEnum):
    """The life of a background job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Disposition(StrEnum):
    """The last thing known of an issued unit without opening the box (AAPOR Standard Definitions, short form)."""

    NON_CONTACT = "non_contact"
    REFUSED = "refused"
    INELIGIBLE = "ineligible"
    OTHER = "other"
