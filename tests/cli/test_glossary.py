"""`interview glossary`: terms in both languages."""

import json
from pathlib import Path

from tests.bank.test_terms import bank_with
from tests.conftest import RunCli


def test_terms_are_shown_in_both_languages(run_cli: RunCli, tmp_path: Path) -> None:
    """Name, other names, meaning, and the question that teaches it."""
    bank = bank_with(tmp_path, "什么？")
    shown = run_cli("glossary", "--bank", bank).stdout
    assert "layer normalization  层归一化  (LayerNorm, LN, LN 层)\n" in shown
    assert "  Normalizes the features of each token.\n  → norm/what\n" in shown
    chinese = run_cli("glossary", "layernorm", "--bank", bank, "--lang", "zh").stdout
    assert chinese.startswith("层归一化  layer normalization")
    assert "FSDP" not in chinese


def test_json_and_what_is_not_there(run_cli: RunCli, tmp_path: Path) -> None:
    """Programs get all fields; a term that is not there exits with 1, no glossary with 2."""
    bank = bank_with(tmp_path, "什么？")
    data = json.loads(run_cli("glossary", "LN", "--bank", bank, "--json").stdout)
    assert data["terms"][0]["avoid"] == {"zh": ["层正则化"], "en": ["layer regularization"]}
    missing = run_cli("glossary", "quark", "--bank", bank)
    assert (missing.returncode, missing.stderr) == (1, 'The glossary has no "quark".\n')
    (bank / "questions" / "glossary.yaml").unlink()
    assert run_cli("glossary", "--bank", bank).returncode == 2
