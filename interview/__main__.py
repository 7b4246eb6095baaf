"""The entry point of `interview` and of `python -m interview`."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    _start_early(sys.argv[1:])
    from interview.cli.app import run

    sys.exit(run(sys.argv[1:]))


def _start_early(arguments: list[str]) -> None:
    """Have torch loading before the command line itself is read, where a file is to be graded."""
    if arguments[:1] == ["check"] and any(argument.endswith(".py") for argument in arguments):
        from interview.grading.grader import start_early

        start_early()


if __name__ == "__main__":
    main()
