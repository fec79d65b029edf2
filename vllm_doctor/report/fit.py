"""Whether a launch fits, as plain text and as JSON: where the memory goes, how much is missing, what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.report import layout
from vllm_doctor.report.fit_words import fit_word
from vllm_doctor.report.fixes import command_lines, why_text
from vllm_doctor.report.head import joined
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.terminal import draw, title_lines

if TYPE_CHECKING:
    from vllm_doctor.engine.fitting import Fit
    from vllm_doctor.finding import Fix
    from vllm_doctor.report.words import Language

_PARTS = ("weights", "activation", "cuda_graph", "overhead", "kv_cache")
_BLOCKS, _PLAIN = "█▓▒▚░", "#*%+="
"""The fill of each part in the bar, and what stands for it where the stream cannot encode it."""
_SIGNS = {"yes": ("✓", "good"), "tight": ("!", "warn"), "no": ("✗", "bad"), "unknown": ("?", "warn")}
_MOST_FIXES = 6
_FIGURE = 8


def fit_text(
    fit: Fit,
    *,
    width: int = 80,
    colour: bool = False,
    encoding: str = "utf-8",
    language: Language = "en",
    quiet: bool = False,
) -> str:
    """The answer of `fit`, ending in a newline; with `quiet` the first command that fits, else yes, tight or no."""
    pen = Pen.of(width, colour, encoding, language)
    if quiet:
        command = next((fix.command for fix in fit.fixes if fix.command), None)
        return "\n".join(pen.say_lines(command) if command and fit.fits == "no" else [fit.fits]) + "\n"
    blocks = [_head(pen, fit), _verdict(pen, fit)]
    if fit.fits != "unknown":
        blocks += [_table(pen, fit), _lengths(pen, fit), *_ways(pen, fit)]
    blocks += [pen.labelled(pen.word("note"), pen.say(said)) for said in fit.assumptions]
    if fit.fits != "unknown":
        blocks.append(pen.labelled(pen.word("note"), fit_word(pen, "measured" if fit.measured else "unmeasured")))
    return draw(blocks)


def _head(pen: Pen, fit: Fit) -> list[str]:
    gpu = f"{pen.say(fit.gpu)}, {fit.gpu_total_gib:g} GiB"
    each = fit_word(pen, "per-gpu", n=fit.gpus) if fit.gpus > 1 else ""
    release = pen.word("release", release=pen.say(fit.vllm_version)) if fit.vllm_version else ""
    return joined(pen, [part for part in (pen.say(fit.model or ""), release, gpu, each) if part])


def _verdict(pen: Pen, fit: Fit) -> list[str]:
    sign, style = _SIGNS[fit.fits]
    margin = fit.margin_gib or 0.0
    few = fit.fits == "no" and margin >= 0
    title = fit_word(pen, "few" if few else fit.fits, margin=f"{abs(margin):.2f}")
    lines = title_lines(pen, sign, style, title, "")
    return [*lines, *(pen.prose(fit.missing) if fit.missing else [])]


def _table(pen: Pen, fit: Fit) -> list[str]:
    """A row for each part, a bar of the whole card below."""
    fills = _fills(pen)
    names = [fit_word(pen, part) for part in (*_PARTS, "budget")]
    wide = max(layout.columns(name) for name in names)
    lines = []
    for part, name, fill in zip((*_PARTS, "budget"), names, [*fills, " "], strict=True):
        figure = getattr(fit, f"{part}_gib")
        beside = fit_word(pen, "missing") if part == "kv_cache" and figure < 0 else ""
        if part == "budget":
            share = f"{fit.gpu_memory_utilization:g}"
            beside = fit_word(pen, "share", share=share, total=f"{fit.gpu_total_gib:g}")
        if part == "cuda_graph" and figure and _outside(fit):
            beside = fit_word(pen, "outside")
        row = f"  {fill} {layout.pad(name, wide)} {figure:{_FIGURE}.2f} GiB"
        lines.append(f"{row}  {beside}" if beside else row)
    return [*lines, "", f"  {_bar(pen, fit, fills)}"]


def _fills(pen: Pen) -> str:
    return _BLOCKS if pen.sign(_BLOCKS) == _BLOCKS else _PLAIN


def _outside(fit: Fit) -> bool:
    """Whether the graphs are not part of the budget: the parts without them already make it up."""
    parts: float = sum(getattr(fit, f"{part}_gib") for part in _PARTS if part != "cuda_graph")
    graphs, budget = fit.cuda_graph_gib or 0.0, fit.budget_gib or 0.0
    return abs(parts - budget) < abs(parts + graphs - budget)


def _bar(pen: Pen, fit: Fit, fills: str) -> str:
    """The card from end to end: each part in its own fill, what the launch leaves blank; cut where it overflows."""
    room = pen.width - 4
    cells = ""
    used = 0.0
    for part, fill in zip(_PARTS, fills, strict=True):
        used += max(0.0, getattr(fit, f"{part}_gib"))
        end = round(used / fit.gpu_total_gib * room) if fit.gpu_total_gib else 0
        cells += fill * max(0, min(end, room) - len(cells))
    return f"[{layout.pad(cells, room)}]"


def _lengths(pen: Pen, fit: Fit) -> list[str]:
    said = [fit_word(pen, "request", length=f"{fit.max_model_len:,}", need=f"{fit.kv_needed_gib:.2f}")]
    if fit.kv_cache_tokens:
        said.append(fit_word(pen, "holds", tokens=f"{fit.kv_cache_tokens:,}", times=f"{fit.concurrency:g}"))
    if fit.longest_max_model_len is not None:
        longest = fit.longest_max_model_len
        said.append(fit_word(pen, "longest", longest=f"{longest:,}") if longest else fit_word(pen, "longest.none"))
    return [line for one in said for line in pen.prose(one)]


def _ways(pen: Pen, fit: Fit) -> list[list[str]]:
    """The commands that fit, each with its price; what is needed, and what else would do."""
    blocks: list[list[str]] = []
    if fit.needs:
        blocks.append(pen.labelled(pen.word("needs"), pen.say(fit.needs)))
    if fit.fixes:
        blocks.append(pen.prose(fit_word(pen, "to-fit" if fit.fits == "no" else "to-spare")))
    for fix in fit.fixes[:_MOST_FIXES]:
        blocks.append([*command_lines(pen, fix.command or ""), *_price(pen, fix)])
    if fit.options:
        options = [line for option in fit.options for line in pen.labelled("-", pen.say(option))]
        blocks.append([*pen.prose(pen.word("options")), *options])
    return blocks


def _price(pen: Pen, fix: Fix) -> list[str]:
    checks = "; ".join(pen.say(check) for check in fix.checks)
    return [*pen.prose(why_text(pen, fix)), *(pen.labelled(pen.word("checked"), checks) if checks else [])]


def fit_data(fit: Fit) -> dict[str, Any]:
    """The answer as JSON data: the keys of the schema first, then what was added to them."""
    from vllm_doctor.finding import as_json
    from vllm_doctor.masking import mask_data

    data: dict[str, Any] = mask_data({"schema_version": 1} | as_json(fit))
    if fit.missing:
        data["error"] = {"what": fit.missing, "where": fit.model or "", "do": ""}
    return data


def fit_json(fit: Fit) -> str:
    """The same on one line, all ASCII."""
    import json

    return json.dumps(fit_data(fit), ensure_ascii=True, allow_nan=False)
