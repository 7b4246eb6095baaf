"""The trusted side of grading one submission: sandbox first, then suite, then diagnosis."""

import ast
import contextlib
import time
from dataclasses import replace

from interview.bank.model import entry_of
from interview.grading import wire  # noqa: F401 - imports torch before the sandbox is forked
from interview.grading.job import Failure, Job, Outcome, Raise, Status, Verdict
from interview.grading.process import SandboxProcess
from interview.grading.remote import Connection, Raised, RemoteSubmission, SandboxLost, printable
from interview.grading.report import SIGNATURE

_START_SECONDS = 60.0
_MOST_PARAMETERS = 20
_LOST = {
    "timed_out": Outcome.TIMED_OUT,
    "ended": Outcome.ENDED,
    "protocol": Outcome.PROTOCOL,
}


def judge(job: Job, sandbox: SandboxProcess) -> Verdict:
    """Judge one submission in a sandbox that was started before the job was read.

    Raises:
        SuiteBroken: where the suite itself cannot be run.
    """
    started = time.monotonic()
    connection = Connection(sandbox.wire, time.monotonic() + _START_SECONDS)
    verdict = _verdict(job, connection)
    if connection.lost:
        sandbox.wait(0.2)
    seconds = time.monotonic() - started
    sandbox.close()
    return _with_surroundings(verdict, sandbox, seconds)


def _with_surroundings(verdict: Verdict, sandbox: SandboxProcess, seconds: float) -> Verdict:
    output = printable(sandbox.output())
    return replace(verdict, output=output, ending=sandbox.ending, seconds=seconds)


def _verdict(job: Job, connection: Connection) -> Verdict:
    try:
        protections = connection.receive_greeting()
        connection.start_clock(job.time_limit)
        connection.ask("load", _load_request(job))
    except SandboxLost as lost:
        return Verdict(_LOST[lost.reason])
    except Raised as error:
        raised = Raise(error.type_name, str(error), error.line)
        failure = Failure(f"{error.type_name}: {error}", raised=raised)
        return Verdict(Outcome.IMPORT_ERROR, failure=failure, protections=protections)
    return replace(_judge_loaded(job, connection), protections=protections)


def _load_request(job: Job) -> dict[str, object]:
    return {
        "source": job.source,
        "filename": job.filename,
        "forbids": job.forbids,
        "cpu_seconds": job.time_limit,
    }


def _judge_loaded(job: Job, connection: Connection) -> Verdict:
    refused: tuple[str, list[Parameter]] | None = None
    for signature in job.signatures:
        asked = {"entry": entry_of(signature), "prepare": job.uses_meta}
        try:
            told = connection.ask("signature", asked).header.get("parameters")
        except SandboxLost as lost:
            return Verdict(_LOST[lost.reason])
        except Raised as error:
            return Verdict(Outcome.MISSING_ENTRY, failure=Failure(f"{error.type_name}: {error}"))
        parameters = _read_parameters(told)
        if not takes_required(signature, parameters):
            shown = _shown(parameters)
            return Verdict(Outcome.WRONG_SIGNATURE, signature=signature, parameters=shown)
        if not takes(signature, parameters):
            refused = refused or (signature, parameters)
    verdict = _run(job, connection, None if refused is None else SIGNATURE)
    if refused is None:
        return verdict
    return replace(verdict, signature=refused[0], parameters=_shown(refused[1]))


def _run(job: Job, connection: Connection, failed_before: str | None) -> Verdict:
    from interview.grading.diagnosis import matching_misconceptions
    from interview.grading.suite_run import run_suite

    submission = RemoteSubmission(connection)
    run = run_suite(job, submission)
    if run.lost:
        return Verdict(_LOST[run.lost], run.findings)
    failed = [one.id for one in run.findings if one.status is Status.FAILED]
    first = failed_before or next((check for check in job.order if check in failed), None)
    matches: tuple[str, ...] = ()
    if first:
        with contextlib.suppress(SandboxLost):
            matches = matching_misconceptions(job, run.module, submission, first)
    return Verdict(Outcome.JUDGED, run.findings, misconceptions=matches)


Parameter = tuple[str, str, bool]


def _shown(parameters: list[Parameter]) -> tuple[str, ...]:
    return tuple(name if required else f"{name}=…" for name, _, required in parameters)


def _read_parameters(told: object) -> list[Parameter]:
    """Read what the sandbox tells of the entry: name, kind, and whether it must be given."""
    if not isinstance(told, list):
        return []
    told = told[:_MOST_PARAMETERS]
    read = [one for one in told if isinstance(one, list) and len(one) == 3]
    return [(_short(name), _short(kind), not default) for name, kind, default in read]


def _short(told: object) -> str:
    return printable(str(told))[:80]


def takes(signature: str, parameters: list[Parameter]) -> bool:
    """Tell whether an entry can be called as the contract's signature says.

    The contract's names must stand in its order; what has a default there must have one here,
    and whatever else there is must be optional. `*args` and `**kwargs` take anything.
    """
    kinds = {kind for _, kind, _ in parameters}
    if {"VAR_POSITIONAL", "VAR_KEYWORD"} <= kinds:
        return True
    named = [one for one in parameters if one[1] in {"POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD"}]
    required_names, optional_names = _contract_parameters(signature)
    wanted = [*required_names, *optional_names]
    if "VAR_KEYWORD" not in kinds and [name for name, *_ in named[: len(wanted)]] != wanted:
        return False
    given = set(wanted if "VAR_KEYWORD" not in kinds else required_names)
    return all(
        name in given and (name in required_names or not required)
        for name, kind, required in parameters
        if required and not kind.startswith("VAR_")
    )


def takes_required(signature: str, parameters: list[Parameter]) -> bool:
    """Tell whether an entry can at least be called with what the contract always gives."""
    required_names, _ = _contract_parameters(signature)
    return takes(f"f({', '.join(required_names)})", parameters)


def _contract_parameters(signature: str) -> tuple[list[str], list[str]]:
    """Return the names that must be given and those that have a default."""
    definition = ast.parse(f"def {signature}: ...").body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise TypeError(signature)
    names = [argument.arg for argument in definition.args.args]
    count = len(names) - len(definition.args.defaults)
    return names[:count], names[count:]
