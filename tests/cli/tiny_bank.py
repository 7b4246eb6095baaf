"""A bank of five small questions, one of each kind that needs no grader and a second recall."""

from pathlib import Path

_COMMON = """
difficulty: {difficulty}
title: {{zh: "{zh}", en: "{en}"}}
prompt: {{zh: "题：{zh}", en: "Question: {en}"}}
answer: {{zh: "答：{zh}的答案。", en: "Answer to {en}."}}
sources: ["arXiv:1607.06450 §3"]
follow_ups:
  - {{zh: "追问{zh}", en: "More on {en}"}}
"""
_POINTS = """
key_points:
  - {zh: 逐元素相加, en: added element-wise, terms: [逐元素, element-wise]}
  - {zh: 形状相同, en: shapes agree, terms: [形状, shape]}
  - {zh: 梯度直达, en: a direct gradient, terms: [梯度, gradient]}
"""
_CHOICES = """
choices:
  - {zh: 甲, en: first, correct: false, why: {zh: 甲不对, en: not the first}}
  - {zh: 乙, en: second, correct: true, why: {zh: 乙对, en: the second holds}}
  - {zh: 丙, en: third, correct: false, why: {zh: 丙不对, en: not the third}}
"""
_QUESTIONS = {
    "adding/what": ("recall", "easy", "残差", "residuals", _POINTS),
    "adding/pick": ("choice", "medium", "选项", "options", _CHOICES),
    "adding/ratio": (
        "numeric",
        "medium",
        "比值",
        "ratios",
        "expect: {value: 0.9354, tolerance: 0.001}",
    ),
    "norms/fault": ("bug", "hard", "错处", "faults", _POINTS + "code: |\n  y = x.std(-1)\n"),
    "norms/shape": ("numeric", "hard", "形状", "shapes", "expect: {shape: [B, 16]}"),
}
ORDER = ["adding/what", "adding/pick", "adding/ratio", "norms/shape", "norms/fault"]


def write_tiny_bank(root: Path) -> Path:
    """Write the bank into a folder and return it."""
    for name, (kind, difficulty, zh, en, rest) in _QUESTIONS.items():
        path = root / "questions" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        common = _COMMON.format(difficulty=difficulty, zh=zh, en=en)
        path.write_text(f"kind: {kind}\n{common.strip()}\n{rest.strip()}\n", encoding="utf-8")
    (root / "solutions").mkdir()
    return root
