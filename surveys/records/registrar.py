"""Every record of the registrar, so that its metadata is whole."""

from surveys.records.base import RegistrarRecord
from surveys.records.frames import Contact, DrawRecord, Frame, FramePsuRow, Invitation, SealedCodes, Unit
from surveys.records.jobs import Job
from surveys.records.registers import CaseRegister, Evaluator, RegisterCase
from surveys.records.staff import Account, Action, Grant, LoginFailure, LoginSession, Organisation, SecondFactor

__all__ = [
    "Account",
    "Action",
    "CaseRegister",
    "Contact",
    "DrawRecord",
    "Evaluator",
    "Frame",
    "FramePsuRow",
    "Grant",
    "Invitation",
    "Job",
    "LoginFailure",
    "LoginSession",
    "Organisation",
    "RegisterCase",
    "RegistrarRecord",
    "SealedCodes",
    "SecondFactor",
    "Unit",
]
