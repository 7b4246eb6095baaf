"""The entry point of `interview` and of `python -m interview`."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from interview.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
