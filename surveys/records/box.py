"""Every record of the box, so that its metadata is whole."""

from surveys.records.areas import Area
from surveys.records.base import BoxRecord
from surveys.records.evaluations import DrawnCase, VetoConfirmation
from surveys.records.leaves import Checkpoint, Leaf, PendingLeaf
from surveys.records.passes import Answered, DesignPsu, Pass, Poster, Slot, TownCount
from surveys.records.releases import Figure, Release, Rendition
from surveys.records.responses import Arrival, Response
from surveys.records.waves import InstrumentVersion, Margin, Wave

__all__ = [
    "Answered",
    "Area",
    "Arrival",
    "BoxRecord",
    "Checkpoint",
    "DesignPsu",
    "DrawnCase",
    "Figure",
    "InstrumentVersion",
    "Leaf",
    "Margin",
    "Pass",
    "PendingLeaf",
    "Poster",
    "Release",
    "Rendition",
    "Response",
    "Slot",
    "TownCount",
    "VetoConfirmation",
    "Wave",
]
