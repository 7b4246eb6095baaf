"""The symbols of LaTeX mathematics in Unicode: what each is, and how it behaves in a formula."""

from enum import Enum


class Class(Enum):
    """TeX's classes of symbols, which decide the spaces between them (The TeXbook, ch. 18)."""

    ORD = "ordinary"
    OP = "operator"
    BIN = "binary"
    REL = "relation"
    OPEN = "opening"
    CLOSE = "closing"
    PUNCT = "punctuation"
    SIGN = "sign"  # a plus or minus before its operand
    SPACE = "space"


_ORDINARY = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π", "varpi": "ϖ",
    "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ",
    "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
    "partial": "∂", "nabla": "∇", "infty": "∞", "ell": "ℓ", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ",
    "emptyset": "∅", "varnothing": "∅", "forall": "∀", "exists": "∃", "neg": "¬", "lnot": "¬",
    "top": "⊤", "bot": "⊥", "prime": "′", "dagger": "†", "angle": "∠", "triangle": "△",
    "ldots": "…", "dots": "…", "dotsc": "…", "dotso": "…", "cdots": "⋯", "dotsb": "⋯",
    "vdots": "⋮", "ddots": "⋱", "checkmark": "✓", "%": "%", "&": "&", "_": "_", "#": "#",
    "$": "$", "|": "‖", "Vert": "‖", "vert": "|", "backslash": "\\", "degree": "°",
}  # fmt: skip
_OPERATORS = {
    "sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "iint": "∬", "oint": "∮",
    "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂", "bigodot": "⨀",
    **{
        name: name
        for name in (
            "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg",
            "det", "dim", "exp", "gcd", "hom", "inf", "ker", "lg", "lim", "ln", "log", "max",
            "min", "Pr", "sec", "sin", "sinh", "sup", "tan", "tanh",
        )
    },
    "limsup": "lim sup", "liminf": "lim inf",
}  # fmt: skip
_BINARY = {
    "+": "+", "-": "−", "*": "*", "pm": "±", "mp": "∓", "cdot": "·", "times": "×", "odot": "⊙",
    "oplus": "⊕", "ominus": "⊖", "otimes": "⊗", "oslash": "⊘", "ast": "∗", "star": "⋆",
    "circ": "∘", "bullet": "•", "div": "÷", "cap": "∩", "cup": "∪", "setminus": "∖",
    "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "bmod": "mod",
}  # fmt: skip
_RELATIONS = {
    "=": "=", "<": "<", ">": ">", "lt": "<", "gt": ">", "le": "≤", "leq": "≤", "leqslant": "≤",
    "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼",
    "simeq": "≃", "cong": "≅", "equiv": "≡", "propto": "∝", "ll": "≪", "gg": "≫",
    "lesssim": "≲", "gtrsim": "≳", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂",
    "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "to": "→", "rightarrow": "→",
    "longrightarrow": "⟶", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔", "mapsto": "↦",
    "Rightarrow": "⇒", "implies": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⇔",
    "Longrightarrow": "⟹", "uparrow": "↑", "downarrow": "↓", "perp": "⊥", "parallel": "∥",
    "mid": "|", "triangleq": "≜", "coloneqq": "≔", "doteq": "≐", "asymp": "≍", "prec": "≺",
    "succ": "≻", "models": "⊨", "vdash": "⊢",
}  # fmt: skip
_OPENING = {
    "(": "(", "[": "[", "{": "{", "lbrace": "{", "lbrack": "[", "lVert": "‖", "lvert": "|",
    "lfloor": "⌊", "lceil": "⌈", "langle": "⟨",
}  # fmt: skip
_CLOSING = {
    ")": ")", "]": "]", "}": "}", "rbrace": "}", "rbrack": "]", "rVert": "‖", "rvert": "|",
    "rfloor": "⌋", "rceil": "⌉", "rangle": "⟩", "!": "!", "?": "?",
}  # fmt: skip
_PUNCTUATION = {",": ",", ";": ";", ":": ":", "colon": ":"}
_SPACES = {
    ",": " ", ":": " ", ";": " ", " ": " ", "!": "", "quad": "  ", "qquad": "    ",
    "thinspace": " ", "enspace": " ", "displaystyle": "", "textstyle": "", "limits": "",
    "nolimits": "",
}  # fmt: skip

_TABLES = (
    (Class.OP, _OPERATORS),
    (Class.BIN, _BINARY),
    (Class.REL, _RELATIONS),
    (Class.OPEN, _OPENING),
    (Class.CLOSE, _CLOSING),
    (Class.PUNCT, _PUNCTUATION),
)

#: `\name` to what it shows and its class. A bare name of one character is not a command.
COMMANDS: dict[str, tuple[str, Class]] = {
    **{
        name: (text, kind)
        for kind, table in _TABLES
        for name, text in table.items()
        if name.isalpha() or name in "{}"
    },
    **{name: (text, Class.ORD) for name, text in _ORDINARY.items()},
    **{name: (text, Class.SPACE) for name, text in _SPACES.items()},
}
#: A character typed as it is, to what it shows and its class; all others are ordinary.
CHARACTERS: dict[str, tuple[str, Class]] = {
    **{text: (text, kind) for kind, table in _TABLES for text in table.values() if len(text) == 1},
    **{
        name: (text, kind)
        for kind, table in _TABLES
        for name, text in table.items()
        if len(name) == 1
    },
    "|": ("|", Class.ORD),
    "‖": ("‖", Class.ORD),
    "'": ("′", Class.ORD),
    "~": (" ", Class.SPACE),
    "⊥": ("⊥", Class.ORD),
    "•": ("•", Class.ORD),
}

ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304",
    "tilde": "\u0303", "widetilde": "\u0303", "dot": "\u0307", "ddot": "\u0308",
    "vec": "\u20d7", "check": "\u030c", "breve": "\u0306",
}  # fmt: skip

SUPERSCRIPTS = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ⊤′",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡᵀ′",
        strict=True,
    )
)
SUBSCRIPTS = dict(
    zip(
        "0123456789+−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)

_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"


def _letters(source: str, first: int) -> dict[str, str]:
    """Map letters to the code points that follow one another from `first`."""
    return {letter: chr(first + offset) for offset, letter in enumerate(source)}


_DOUBLE_STRUCK = {
    **_letters(_UPPER, 0x1D538),
    **_letters(_LOWER, 0x1D552),
    **dict(zip("CHNPQRZ1", "ℂℍℕℙℚℝℤ𝟙", strict=True)),  # those that Unicode had before
}
_SCRIPT = _letters(_UPPER, 0x1D49C) | dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))
_GREEK = "αβγδεζηθικλμνξοπρςστυφχψω"
_BOLD = {
    **_letters(_UPPER, 0x1D400),
    **_letters(_LOWER, 0x1D41A),
    **_letters("0123456789", 0x1D7CE),
    **_letters(_GREEK, 0x1D6C2),
    "Σ": "𝚺", "Δ": "𝚫", "Θ": "𝚯", "Λ": "𝚲", "Γ": "𝚪", "Φ": "𝚽", "Ω": "𝛀", "Ψ": "𝚿", "Π": "𝚷",
}  # fmt: skip

#: `\name{…}` to the alphabet that its letters are taken from.
ALPHABETS: dict[str, dict[str, str]] = {
    "mathbb": _DOUBLE_STRUCK,
    "mathcal": _SCRIPT,
    "mathscr": _SCRIPT,
    "mathbf": _BOLD,
    "boldsymbol": _BOLD,
    "bm": _BOLD,
}
