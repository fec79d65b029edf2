"""Where secrets stand in logs, commands and launch files, as patterns by name.

In each, group `keep` is drawn as it is, and group `value` is the secret. All repetitions are bounded or end at the
line's end, so that a line costs no more than a constant times its length.
"""

from __future__ import annotations

import re
from functools import cache

from vllm_doctor.patterns import pattern

_HINT = pattern(
    r"""(?: key(?:[-_]?id)? | token | secret | passw(?:or)?d | passphrase | pass | pwd | credentials?
          | authorization | cookie )
        \\{0,3}['"]? (?: [\s:=,\-%\]>?+!)}] | $ )
      | (?: bearer | basic )(?:[\ ]|%20) | ://[^\s'"/]{1,800}@ | %3a%2f%2f | [?&][\w-]{1,30}=
      | \bcurl\b | \blogin\b | hooks\.slack | -----begin
      | hf(?:_|%5f)[a-z0-9]{8} | sk-[\w-]{8} | [sr]k_(?:live|test)_ | gh[opsur]_ | github_pat_ | gl[a-z]{2,6}-
      | xox[abeprs]- | xapp-
      | akia | asia | aiza | ya29\. | gocspx- | nvapi- | gsk_ | eyj | r8_ | pypi-age | npm_ | dckr_ | hv[sbr]\. | tskey-
      | do[por]_v1_ | sg\. | dapi | ms-[0-9a-f]{8}-""",
    re.VERBOSE,
)
_HINTS = (
    *("key", "token", "secret", "pass", "pwd", "credential", "authorization", "cookie", "bearer", "basic"),
    *("://", "%3a%2f%2f", "?", "&", "curl", "login", "hooks.slack", "-----begin"),
    *("hf_", "hf%5f", "sk-", "sk_live_", "sk_test_", "rk_live_", "rk_test_"),
    *("gho_", "ghp_", "ghs_", "ghu_", "ghr_", "github_pat_", "gl"),
    *("xox", "xapp-", "akia", "asia", "aiza", "ya29.", "gocspx-", "nvapi-", "gsk_", "eyj", "r8_", "pypi-age", "npm_"),
    *("dckr_", "hvs.", "hvb.", "hvr.", "tskey-", "dop_v1_", "doo_v1_", "dor_v1_", "sg.", "dapi", "ms-"),
)
"""With one of which each hint begins: looking for words is many times faster than the pattern."""


def hints_in(text: str) -> tuple[str, ...]:
    """The words with one of which each hint begins that stand in a text: there are no others in any part of it."""
    small = text.casefold()
    return tuple([word for word in _HINTS if word in small])


def hinted(text: str, among: tuple[str, ...] = _HINTS) -> bool:
    """Whether a text may hold a secret that we know; most texts end here, unread by the patterns.

    `among` are the words to look for, where it is known (`hints_in`) that the others are not there.
    """
    small = text.casefold()  # a pattern that ignores case is several times slower
    return any(_begins_a_hint(word, small) for word in among if word in small)


def _begins_a_hint(word: str, small: str) -> bool:
    at = small.find(word)
    while at >= 0:
        if _HINT.match(small, at):
            return True
        at = small.find(word, at + 1)
    return False


BLANK = pattern(r"[ \t]+")
INVISIBLE = pattern(
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)|[\x00\xad\u200b-\u200f\u2060\ufeff]"
)
"""What parts a word for a program and not for an eye: colours, links, joiners."""
REFERENCE = pattern(r"=?(?:\$\w+|\$\{[^}\n]*\}?|\$\(.*|`.*|\{\{.*|<[^>\n]*>?|%\w*%|%s|%\(\w*\)?s?|\*\*\*)+", re.DOTALL)
"""A value that only says where the secret is."""

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
  | _PASS(?!\w) | _pass(?!\w) | (?i:_pwd)(?!\w) | (?<![A-Za-z0-9_/-])pwd(?!\w)
)"""
"""The end of the name of an option, variable or key that holds a secret."""

OPTION = rf"(?<!-)--(?!-)(?: [\w.-]{{0,80}}? {NAME} | token )"

_QUOTED = r"""(?: b?'(?:[^'\\\n]|\\.){1,70000}(?:'|$) | b?"(?:[^"\\\n]|\\.){1,70000}(?:"|$) )"""
"""A string; one that a cut line leaves open ends with the line."""
_BARE = r"""(?: \$\{[^}\n]{0,400}\} | [^\s,;)}\]'"&|<>`] ){1,70000}"""
_WORD = r"""[^\s'"&|;<>()`]{1,70000}"""
_BLANKS = r"[\ \t]{0,40}"
_AFTER = r"""(?:\\{0,3}['"])? \]? \s{0,4}"""
"""What may stand between a name and its sign: `NAME =`, `"NAME":`, `environ["NAME"] =`."""

SHAPES = {
    "hugging-face": r"hf_[A-Za-z0-9]{30,}",
    "hugging-face-short": r"(?<![\w/.-]) hf_(?: [A-Za-z0-9]{20,} | (?=[A-Za-z]{0,64}[0-9])[A-Za-z0-9]{8,} ) (?!\w)",
    "hugging-face-encoded": r"hf%5[fF][A-Za-z0-9]{16,}",
    "openai": r"(?<!/) sk-(?=[\w-]{0,64}[0-9A-Z])[\w-]{8,}",
    "openai-letters": r"(?<!/) sk-[A-Za-z0-9]{16,}",
    "stripe": r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}",
    "github": r"gh[opsur]_[A-Za-z0-9]{16,}",
    "github-fine": r"github_pat_\w{16,}",
    "gitlab": r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas)-[\w-]{16,}",
    "slack": r"xox[abeprs]-[\w-]{10,}",
    "slack-app": r"xapp-[\w-]{16,}",
    "aws": r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])",
    "google": r"AIza[\w-]{30,}",
    "google-oauth": r"ya29\.[\w-]{16,}",
    "google-client": r"GOCSPX-[\w-]{16,}",
    "nvidia": r"nvapi-[\w-]{16,}",
    "groq": r"gsk_[A-Za-z0-9]{16,}",
    "replicate": r"r8_[A-Za-z0-9]{30,}",
    "pypi": r"pypi-AgE[\w-]{16,}",
    "npm": r"npm_[A-Za-z0-9]{30,}",
    "docker": r"dckr_[a-z]{3}_[\w-]{16,}",
    "vault": r"hv[sbr]\.[\w-]{20,}",
    "tailscale": r"tskey-[a-z]{1,20}-[\w-]{16,}",
    "digital-ocean": r"do[por]_v1_[a-f0-9]{40,}",
    "sendgrid": r"SG\.[\w-]{16,}\.[\w-]{16,}",
    "databricks": r"dapi[a-f0-9]{32}",
    "modelscope": r"ms-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "jwt": r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
}
"""Tokens that are known by their own form, wherever they stand."""

VALUES = {
    "url-password": r"""(?P<keep> ://[^\s/:@'"]{0,256}: ) (?P<value> [^\s/'"]{1,512} ) (?=@)""",
    "url-token": r"""(?P<keep> https?:// ) (?P<value> [^\s/:@'"]{12,512} ) (?=@)""",
    "url-encoded": r"""(?P<keep> (?i:%3a%2f%2f) [\w.~-]{0,256} (?i:%3a) )
        (?P<value> (?:(?!%40)[^\s'"&]){1,512} ) (?=%40)""",
    "signed-url": r"""(?P<keep> [?&] (?i: token|access_token|api_?key|key|sig|signature|password|secret
                         | x-amz-signature|x-amz-credential|x-amz-security-token ) = )
        (?P<value> [^\s&'"\#<>]{4,70000} )""",
    "slack-hook": r"""(?P<keep> hooks\.slack\.com/(?:services|workflows|triggers)/ ) (?P<value> [\w/-]{8,512} )""",
    "bearer": r"""(?P<keep> (?i: \b(?:bearer|basic)(?:[\ ]{1,4}|%20) ) )
        (?P<value> (?=[\w.~+/=-]{0,512}[\d=]) [\w.~+/=-]{8,70000} )""",
    "authorization": rf"""(?P<keep> (?i:authorization) ['"]? \s{{0,4}} [:=] \s{{0,4}} ['"]?
                   (?i: (?:bearer|basic|token) (?:\s{{1,4}}|%20) )? )
         (?P<value> {_BARE} )""",
    "cookie": r"""(?P<keep> \b(?i:(?:set-)?cookie) ['"]? \s{0,4} : \s{0,4} ['"]? )
        (?P<value> (?!\s*\*\*\*)[^\n'"]{1,70000} )""",
    "curl-user": r"""(?P<keep> \bcurl (?:\s[^\n|;]{0,1000}?)?? \s (?:-u|-U|--user|--proxy-user) [\s=]{1,4}
                   ['"]? [^\s:'"]{0,256} : )
        (?P<value> [^\s'"]{1,512} )""",
    "login": r"""(?P<keep> \blogin (?:\s[^\n|;]{0,400}?)?? \s -p [\s=]{1,4} )
        (?P<value> [^\s]{1,512} )""",
    "private-key": r"""(?P<keep> -----BEGIN[A-Z\ ]{0,40}\ PRIVATE\ KEY----- )
        (?P<value> (?!\s*\*\*\*)[^-]{1,70000} )""",
    "default": rf"""(?P<keep> \$\{{ \w{{0,120}}? {NAME} :?[-=] ) (?P<value> [^}}\n]{{1,512}} ) (?=\}})""",
    "assigned": rf"""(?P<keep> {NAME} {_AFTER} [:?+!]?= \s{{0,4}} )
        (?P<value> (?![\[{{(]) (?: {_QUOTED} | {_BARE} ) )""",
    "quoted": rf"""(?P<keep> {NAME} ['"]? \s{{0,4}} : \s{{0,4}} ) (?P<value> {_QUOTED} )""",
    "escaped": rf"""(?P<keep> {NAME} \\{{1,3}}["'] \s{{0,4}} [:=] \s{{0,4}} \\{{1,3}}["'] )
        (?P<value> (?: (?!\\{{1,3}}["'])[^\n] ){{1,70000}} )""",
    "encoded": rf"""(?P<keep> (?: {NAME} | (?<![A-Za-z0-9])(?i:token|key) ) %3[dD] )
        (?P<value> (?: [^\s&'"<>%] | %(?!26|\W)[0-9A-Fa-f]{{2}} ){{1,70000}} )""",
    "called": rf"""(?P<keep> (?:setdefault|putenv|setenv|set_key|environ) \( \s{{0,4}}
                   ['"] \w{{0,120}}? {NAME} ['"] \s{{0,4}} , \s{{0,4}} )
        (?P<value> {_QUOTED} )""",
    "tag": rf"""(?P<keep> < (?: [\w:-]{{0,80}}? {NAME} | token ) > ) (?P<value> [^<\n]{{1,70000}} ) (?=</)""",
    "set-by-word": rf"""(?P<keep> (?<![\w-]) (?:ENV|setenv) [\ \t]{{1,10}} \w{{0,120}}? {NAME} [\ \t]{{1,10}} )
        (?P<value> {_QUOTED} | {_BARE} )""",
    "pod-variable": rf"""(?P<keep> name['"]?: [\ ]{{0,4}} ['"]? \w{{0,120}}? {NAME} ['"]?
                   [\s,+#-]{{1,80}} ['"]? value['"]?: [\ ]{{0,4}} )
         (?P<value> {_QUOTED} | {_BARE} )""",
    "pod-variable-turned": rf"""(?P<keep> value['"]?: [\ ]{{0,4}} ) (?P<value> {_QUOTED} | {_BARE} )
         (?= [\s,+#-]{{1,80}} ['"]? name['"]?: [\ ]{{0,4}}
             ['"]? \w{{0,120}}? {NAME} (?![\w-]) )""",
    "token": r"""(?P<keep> (?<![A-Za-z0-9_-])(?i:token) ['"]? \s{0,4} [:=] \s{0,4} ['"]? )
        (?P<value> (?=[\w.-]{0,512}\d) [\w.-]{16,70000} )""",
}
"""The value goes, unless it is a reference."""

BARE_VALUES = {
    "keys": rf"""(?P<keep> (?<!-) --api[-_]key (?: = | [\ \t]{{1,40}} ) )
         (?P<value> {_WORD} (?: [\ \t]{{1,40}} (?!-) {_WORD} ){{1,32}} )
         (?= [\ \t]{{1,40}} - | [\ \t]{{0,40}} (?: \\? $ | ['"&|;<>()`] ) )""",
    "option": rf"""(?P<keep> {OPTION} (?: = | ['"]?,\s{{0,40}} | ['"]?{_BLANKS}\s[+-]?{_BLANKS}-[\ \t]{{1,40}}
                              | ['"]?[\ \t]{{1,40}}(?:\\\n{_BLANKS})? ) )
         (?P<value> {_QUOTED} | {_WORD} )""",
    "colon": rf"""(?P<keep> {NAME} ['"]? [\ \t]{{0,4}} : [\ \t]{{0,4}} ) (?P<value> (?![?+=\[{{(-]) {_BARE} )""",
}
"""The value goes, unless it is a reference, the next option, or the next word of a sentence."""

LISTS = {
    "list": rf"""(?P<keep> {NAME} ['"]? \s{{0,4}} [:=] \s{{0,4}} ) \[ (?P<value> [^\]\n]{{0,70000}} ) (?: \] | $ )""",
}
"""What stands between the brackets goes; a list that a cut line leaves open ends with the line."""

PROSE = frozenset(
    """
    a an and are argument arguments as at be but by can empty error expected field flag for found from given has
    have if in instead into invalid is it its missing must needs not of on option options or out required set
    should so takes than that the then there they this to unknown unset value was were when where which while will
    with without you your
    """.split()
)
"""Words that follow the name of a secret in a sentence about it; none is a key worth hiding."""


@cache
def compiled(table: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of a table (values, bare, lists, shapes, names), compiled at the first use: few texts need them."""
    shapes = " | ".join(SHAPES.values())
    texts = {
        "values": [*VALUES.values(), rf"(?<![A-Za-z0-9]) (?P<keep>) (?P<value> {shapes} )"],
        "bare": [*BARE_VALUES.values()],
        "lists": [*LISTS.values()],
        "shapes": [rf"(?<![A-Za-z0-9]) (?: {shapes} )"],
        "names": [rf"(?:.*(?:{NAME})|--token)\Z"],
    }
    return tuple(re.compile(text, re.VERBOSE | re.MULTILINE) for text in texts[table])
