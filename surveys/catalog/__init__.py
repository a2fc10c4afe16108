"""The surveys that come with Minping, one TOML file each; what is published is the text, kept with the wave."""

from __future__ import annotations

from importlib.resources import files


def catalog_codes() -> tuple[str, ...]:
    """The codes of the surveys in this folder, such as "legal-awareness"."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml").replace("_", "-") for name in names if name.endswith(".toml")))


def catalog_content(code: str) -> str:
    """The TOML text of one survey; raises KeyError for a code that is not in `catalog_codes()`."""
    if code not in catalog_codes():
        raise KeyError(code)
    return files(__name__).joinpath(f"{code.replace('-', '_')}.toml").read_text(encoding="utf-8")
