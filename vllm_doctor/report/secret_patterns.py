"""Where secrets stand in logs, commands and launch files, as patterns.

In each, group `keep` is drawn as it is, and group `value` is the secret. All repetitions are bounded, so that
a line costs no more than a constant times its length.
"""

from __future__ import annotations

import re
from functools import cache

from vllm_doctor.patterns import pattern

HINT = pattern(
    r"""(?: key(?:[-_]?id)? | token | secret | passw(?:or)?d | passphrase | credentials? | authorization )
        ['"]? [\s:=,-]
      | (?: bearer | basic )[\ ] | ://[^\s'"/]{1,800}@ | [?&][\w-]{1,30}=
      | hf_[a-z0-9]{8} | sk-[\w-]{8} | gh[opsur]_ | github_pat_ | glpat- | xox[abprs]- | akia | asia | aiza
      | nvapi- | gsk_ | eyj""",
    re.IGNORECASE | re.VERBOSE,
)
"""A text without any of these holds no secret that we know; most texts end here, unread by the patterns."""

_OWNERS = (  # whose token: "hf_token", "access-token"
    "hf|hugging_?face|hub|auth|access|refresh|bearer|api|session|security|github|gitlab|ngc|deploy|identity"
)
_NO_SECRET = "".join(  # constants of tokenizers, not credentials
    f"(?<!{word})"
    for word in (
        *("EOS", "BOS", "PAD", "UNK", "SEP", "CLS", "MASK", "STOP", "PER", "MAX", "MIN", "NEXT", "SPECIAL"),
        *("IMAGE", "VIDEO", "AUDIO"),
    )
)
NAME = rf"""(?:
    (?i: api[-_]?key | client[-_]?secret | passw(?:or)?d | passphrase | secret | credentials? )
  | (?i: (?:access|secret|private|account|encryption|signing)[-_]?key(?:[-_]?id)? )
  | (?i: (?:{_OWNERS})[-_]?token )
  | (?<![A-Z0-9_])TOKEN
  | {_NO_SECRET}_TOKEN
  | (?<!CACHE)(?<!PUBLIC)(?<!SORT)(?<!HASH)(?<!PRIMARY)(?<!FOREIGN)_KEY
)"""
"""The end of the name of an option, variable or key that holds a secret."""

OPTION = rf"(?<!-)--(?!-)(?: [\w.-]{{0,80}}? {NAME} | token )"

_QUOTED = r"""(?: b?'[^'\n]{1,4096}' | b?"[^"\n]{1,4096}" )"""
_BARE = r"""[^\s,;)}\]'"&|<>`]{1,4096}"""
_WORD = r"""[^\s'"&|;<>()`]{1,4096}"""
_BLANKS = r"[\ \t]{0,40}"

VALUES = (
    # a password, or a token alone, in a URL
    r"""(?P<keep> ://[^\s/:@'"]{0,256}: ) (?P<value> [^\s/'"]{1,512} ) (?=@)""",
    r"""(?P<keep> https?:// ) (?P<value> [^\s/:@'"]{12,512} ) (?=@)""",
    # a signed URL
    r"""(?P<keep> [?&] (?i: token|access_token|api_?key|key|sig|signature|password|secret
                         | x-amz-signature|x-amz-credential|x-amz-security-token ) = )
        (?P<value> [^\s&'"\#<>]{4,4096} )""",
    # HTTP headers
    r"""(?P<keep> (?i: \b(?:bearer|basic)[\ ]{1,4} ) )
        (?P<value> (?=[\w.~+/=-]{0,512}[\d=]) [\w.~+/=-]{8,4096} )""",
    rf"""(?P<keep> (?i:authorization) ['"]? \s{{0,4}} [:=] \s{{0,4}} ['"]?
                   (?i: (?:bearer|basic|token) \s{{1,4}} )? )
         (?P<value> {_BARE} )""",
    # ${HF_TOKEN:-value}
    rf"""(?P<keep> \$\{{ \w{{0,120}}? {NAME} :?[-=] ) (?P<value> [^}}\n]{{1,512}} ) (?=\}})""",
    # NAME=value, name='value', "name": "value"
    rf"""(?P<keep> {NAME} ['"]? \s{{0,4}} = \s{{0,4}} ) (?P<value> (?![\[{{(]) (?: {_QUOTED} | {_BARE} ) )""",
    rf"""(?P<keep> {NAME} ['"]? \s{{0,4}} : \s{{0,4}} ) (?P<value> {_QUOTED} )""",
    # Kubernetes: - name: HF_TOKEN / value: ...
    rf"""(?P<keep> name: [\ ]{{0,4}} ['"]? \w{{0,120}}? {NAME} ['"]? {_BLANKS} \n [+-]? {_BLANKS}
                   value: [\ ]{{0,4}} )
         (?P<value> {_QUOTED} | {_BARE} )""",
    # token: a long word with a digit
    r"""(?P<keep> (?<![A-Za-z0-9_-])(?i:token) ['"]? \s{0,4} [:=] \s{0,4} ['"]? )
        (?P<value> (?=[\w.-]{0,512}\d) [\w.-]{16,4096} )""",
    # known by their own shape
    r"""(?<![A-Za-z0-9]) (?P<keep>) (?P<value>
        hf_[A-Za-z0-9]{30,}
      | (?<![\w/.-]) hf_(?: [A-Za-z0-9]{20,} | (?=[A-Za-z]{0,64}[0-9])[A-Za-z0-9]{8,} ) (?!\w)
      | (?<!/) sk-(?=[\w-]{0,64}[0-9A-Z])[\w-]{8,} | (?<!/) sk-[A-Za-z0-9]{16,}
      | gh[opsur]_[A-Za-z0-9]{16,} | github_pat_\w{16,} | glpat-[\w-]{16,} | xox[abprs]-[\w-]{10,}
      | (?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z]) | AIza[\w-]{30,} | nvapi-[\w-]{16,} | gsk_[A-Za-z0-9]{16,}
      | eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,} )""",
)
"""The value goes, unless it is a reference."""

BARE_VALUES = (
    # --api-key value, ["--api-key", "value"], and the same on two lines of YAML
    rf"""(?P<keep> {OPTION} (?: = | ['"]?,\s{{0,40}} | ['"]?{_BLANKS}\n[+-]?{_BLANKS}-[\ \t]{{1,40}}
                              | ['"]?[\ \t]{{1,40}}(?:\\\n{_BLANKS})? ) )
         (?P<value> {_QUOTED} | {_WORD} )""",
    # NAME: value
    rf"""(?P<keep> {NAME} ['"]? [\ \t]{{0,4}} : [\ \t]{{0,4}} ) (?P<value> (?![?+=\[{{(-]) {_BARE} )""",
)
"""The value goes, unless it is a reference, the next option, or the next word of a sentence."""

LISTS = (rf"""(?P<keep> {NAME} ['"]? \s{{0,4}} [:=] \s{{0,4}} ) \[ (?P<value> [^\]\n]{{0,1024}} ) \]""",)
"""What stands between the brackets goes."""

PROSE = frozenset(
    [
        *(
            "a",
            "an",
            "and",
            "are",
            "argument",
            "arguments",
            "as",
            "at",
            "be",
            "but",
            "by",
            "can",
            "empty",
            "error",
        ),
        *(
            "expected",
            "field",
            "flag",
            "for",
            "found",
            "from",
            "given",
            "has",
            "have",
            "if",
            "in",
            "instead",
            "into",
        ),
        *(
            "invalid",
            "is",
            "it",
            "its",
            "missing",
            "must",
            "needs",
            "not",
            "of",
            "on",
            "option",
            "options",
            "or",
        ),
        *(
            "out",
            "required",
            "set",
            "should",
            "so",
            "takes",
            "than",
            "that",
            "the",
            "then",
            "there",
            "they",
            "this",
        ),
        *(
            "to",
            "unknown",
            "unset",
            "value",
            "was",
            "were",
            "when",
            "where",
            "which",
            "while",
            "will",
            "with",
        ),
        *("without", "you", "your"),
    ]
)
"""Words that follow the name of a secret in a sentence about it; none is a key worth hiding."""


@cache
def compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The patterns of a table, compiled at the first use: most texts never need them."""
    return tuple(re.compile(pattern, re.VERBOSE | re.MULTILINE) for pattern in patterns)
