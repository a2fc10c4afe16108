"""`python -m webapp.commands` is `minping`."""

from webapp.commands import main

if __name__ == "__main__":
    main(prog_name="minping")
