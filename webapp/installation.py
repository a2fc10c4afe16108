"""Laying out a new installation: its folder, its secrets, empty stores, the first organisations and administrator."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from surveys.errors import Conflict
from surveys.records.kinds import Role
from webapp import passwords, people
from webapp.db import Stores
from webapp.people import Actor

ENV = """# Settings of this installation; see deploy/env.example for all of them. Keep this file secret.
MINPING_SECRET_KEY={secret}
MINPING_DATA_DIR={folder}
PUBLIC_URL={public_url}
PORT={port}
"""


def write_env(path: Path, folder: Path, public_url: str, port: int, more: dict[str, str]) -> None:
    """Write a new env file that only its owner reads; raises Conflict when there is one."""
    text = ENV.format(secret=secrets.token_urlsafe(32), folder=folder.absolute(), public_url=public_url, port=port)
    text += "".join(f"{name}={value}\n" for name, value in more.items())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict("init.exists", path=path) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def first_people(stores: Stores, actor: Actor, login: str, name: str, commissioner: str, assessor: str) -> str:
    """Add both organisations and an administrator of both; gives the password, which is kept nowhere."""
    password = passwords.random_password()
    with stores.registrar_transaction() as registrar:
        account = people.new_account(registrar, actor, login, name, password)
        for code, kind, title in (("commissioner", "commissioner", commissioner), ("assessor", "assessor", assessor)):
            people.new_organisation(registrar, actor, code, kind, title, "")
            people.grant(registrar, actor, account, Role.ADMINISTRATOR, code)
    return password
