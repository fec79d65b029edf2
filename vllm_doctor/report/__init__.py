"""Drawing only: a diagnosis, a review or a rule as text, JSON, Markdown or SARIF. Nothing here decides.

The text form is written by our own few functions (`pen`, `layout`), not with rich.
Measured (Python 3.11, best of 12 processes; the bare interpreter takes 8 ms): `import click` 32 ms, `import
rich.console` 40 ms, `import vllm_doctor.report.terminal` 32 ms, nearly all of it `dataclasses` and `re`,
which click loads too; drawing a diagnosis takes 1 ms.
A small log's answer must come within 2 to 3 times the first of these; and what rich would add is markup and
folding, which log text and commands must never meet. Tables are columns of known words, a few lines of code.
"""
