"""Help and usage errors in the reader's language: the parser itself speaks English only."""

import re
from typing import Any

from interview.language import Lang, interface_language

_HEADINGS = {
    "Usage:": "用法：",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "Show this message and exit.": "显示帮助后退出。",
    "[required]": "[必填]",
    "[default: ": "[默认：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "Install completion for the current shell.": "为当前 shell 安装补全。",
}
_ERRORS: tuple[tuple[str, str], ...] = (
    (r"No such command '(.+?)'\. Did you mean (.+)\?", r"没有命令 \1，是不是 \2？"),
    (r"No such command '(.+?)'\.?", r"没有命令 \1"),
    (r"No such option: (\S+) Did you mean (.+)\?", r"没有选项 \1，是不是 \2？"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"没有选项 \1，相近的有 \2"),
    (r"No such option: (\S+)", r"没有选项 \1"),
    (r"Missing argument '(.+?)'\.?", r"缺少参数 \1"),
    (r"Missing option '(.+?)'\.?", r"缺少选项 \1"),
    (r"Missing command\.", r"缺少命令"),
    (r"Option '(.+?)' requires an argument\.", r"选项 \1 需要一个值"),
    (r"Got unexpected extra arguments? \((.+)\)", r"多出的参数：\1"),
    (r"Invalid value for (.+?): (.+) is not one of (.+)\.", r"\1 的值 \2 无效，可选：\3"),
    (r"Invalid value for (.+?): (.+)", r"\1 的值无效：\2"),
)


def translate_help(formatter: Any) -> None:
    """Turn the parser's own English words into Chinese, where Chinese is asked for."""
    if interface_language() is not Lang.ZH:
        return
    text = "".join(formatter.buffer)
    text = re.sub(
        r"Show completion for the current.*?installation\.", "打印补全脚本。", text, flags=re.DOTALL
    )
    for english, chinese in _HEADINGS.items():
        text = text.replace(english, chinese)
    formatter.buffer[:] = [text]


def translate_usage_error(error: Any) -> str:
    """Return what is wrong with the arguments in the reader's language."""
    message = str(error.format_message())
    if interface_language() is not Lang.ZH:
        return message.rstrip(".")
    for pattern, chinese in _ERRORS:
        if re.fullmatch(pattern, message, flags=re.DOTALL):
            return re.sub(pattern, chinese, message, flags=re.DOTALL)
    return message
