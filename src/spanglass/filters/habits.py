"""How other languages say things, and how they are said here: the way out of an error that a habit has led into."""

from __future__ import annotations

import re
from collections.abc import Callable

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_AROUND = 120  # characters on either side of an error that are looked at; patterns may go over them more than once
_LONG_UNIT = r"(milli(?:second)?s?|msecs?|sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?)"
_UNIT = rf"(?:{_LONG_UNIT}|(ms|s|m|h|d|w))"
_PATH = r"((?:[A-Za-z_`][\w.`]*)(?:\[[^\]]*\][\w.]*)*)"
_NUMBER = r"(\d[\w.]*)"
_TRUTHS = r"(?:NULL|TRUE|FALSE|DISTINCT|EMPTY|None|nil|undefined)\b"
_TEXT = r"('[^']*'|\"[^\"]*\")"

# What is written, what is meant by it ({1} is the first group), and what to say; the first that fits counts.
_HABITS: tuple[tuple[str, str | Callable[[list[str]], str], str], ...] = (
    (r"\A\s*(?:SELECT\b.*?\b)?WHERE\b\s*", "", "a filter is only what stands after WHERE"),
    (r"\s*(?:!=|<>|\bIS\s+NOT)\s*(?:None|nil|undefined)\b", " IS NOT NULL", "a value that is there IS NOT NULL"),
    (r"\s*(?:==?|\bIS)\s*(?:None|nil|undefined)\b", " IS NULL", "a missing value IS NULL"),
    (r"\bIS\s+NOT\s+EMPTY\b", "!= ''", "an empty text is ''"),
    (r"\bIS\s+EMPTY\b", "= ''", "an empty text is ''"),
    (rf"\bIS\s+NOT\s+(?!{_TRUTHS})([A-Za-z_]\w*)", "!= '{1}'", "IS NOT is for NULL, TRUE and FALSE"),
    (rf"\bIS\s+(?!NOT\b|{_TRUTHS})([A-Za-z_]\w*)", "= '{1}'", "IS is for NULL, TRUE and FALSE"),
    (r"\bIS\s+NOT\s+(?=['\"\w])(?!NULL|TRUE|FALSE|DISTINCT)", "!= ", "IS NOT is for NULL, TRUE and FALSE"),
    (r"\bIS\s+(?=['\"\w])(?!NOT|NULL|TRUE|FALSE|DISTINCT)", "= ", "IS is for NULL, TRUE and FALSE"),
    (r"(\A|[({,]|\b(?:AND|OR|NOT)\b)(\s*)!(?=\s*[A-Za-z_(`])", "{1}{2}NOT ", "write NOT"),
    (r"([!=])==", "{1}=", "write {1}="),
    (r"\bIN\s*\[([^\[\]]*)\]", "IN ({1})", "a list stands in ( )"),
    (rf"\bIN\s+({_TEXT}(?:\s*,\s*{_TEXT})+)", "IN ({1})", "a list stands in ( )"),
    (rf"{_TEXT}\s+IN\s+(in|out)put\.value\b", "{2}puts CONTAINS {1}", "what contains a text stands before it"),
    (rf"(?!(?:AND|OR|NOT)\b)\b{_PATH}\s+(?:DOES\s+)?NOT\s+EXISTS?\b", "{1} IS NULL", "a missing value IS NULL"),
    (rf"(?!(?:AND|OR|NOT)\b)\b{_PATH}\s+EXISTS\b", "EXISTS {1}", "EXISTS stands before the field"),
    (rf"\b(?:has|exists|is_?set)\(\s*{_PATH}\s*\)", "EXISTS {1}", "EXISTS stands before the field"),
    (rf"(?!(?:AND|OR|NOT)\b)\b{_PATH}\s+NOT\s+(?={_TEXT})", "{1} != ", "write !="),
    (r"\b(I?LIKE)\s+(%[\w.-]*%?|[\w.-]+%)", "{1} '{2}'", "a pattern stands in quotes"),
    (r"(=~|!~|\bRLIKE\b)\s*/([^/]*)/", "{1} '{2}'", "a regular expression stands in quotes"),
    (rf"{_PATH}\s*->>?\s*{_TEXT}", "{1}[{2}]", "a key stands after a dot or in [ ]"),
    (r"\[\s*\]", "[*]", "any element is [*]"),
    (r"\b(?:starts_?with|begins\s+with)\b(?=\s*['\"])", "STARTS WITH", "write STARTS WITH"),
    (r"\bends_?with\b(?=\s*['\"])", "ENDS WITH", "write ENDS WITH"),
    (rf"\bcontains\(\s*{_PATH}\s*,\s*{_TEXT}\s*\)", "{1} CONTAINS {2}", "CONTAINS stands between the two"),
    (r"\b(event|link|assessment)s(?=\s*\{)", "{1}", "write {1} { … }"),
    (r"\b(?:spans?|exists)\s*(?=\{)", "", "a span is written { … }"),
    (r"\b(count)\s*(\{[^{}]*\})(\s*[<>]=?\s*)", "{1}({2}){3}", "count takes a block: count({ … })"),
    (r"\bmedian(?=\()", "p50", "the median is p50"),
    (r"\b(?:mean|average)(?=\()", "avg", "write avg"),
    (r"\btoday\(\)", "'today'", "write 'today'"),
    (r"(?:#|//)(?=\s*\w)", "--", "a comment stands after --"),
    (rf"{_NUMBER}\s*(<=?)\s*{_PATH}\s*(<=?)\s*{_NUMBER}",
     lambda found: f"{found[3]} {found[2].replace('<', '>')} {found[1]} AND {found[3]} {found[4]} {found[5]}",
     "a comparison has two sides"),
    (rf"{_PATH}\s*(>=?)\s*{_NUMBER}\s*(<=?)\s*{_NUMBER}", "{1} {2} {3} AND {1} {4} {5}",
     "a comparison has two sides"),
    (r"\bLIMIT\s+(\d+)\s+(ORDER\s+BY\b.*)\Z", "{2} LIMIT {1}", "ORDER BY stands before LIMIT"),
    (r"\s*\bOFFSET\s+\d+", "", "there is no OFFSET: what is returned leads to the next page"),
    (r"\s*\bGROUP\s+BY\b.*\Z", "", "there is no GROUP BY: group the DataFrame"),
    (r"\bSORT\s+BY\b", "ORDER BY", "write ORDER BY"),
    (r"\A\s*(?:TOP|LAST|FIRST)\s+(\d+)\s*\Z", "LIMIT {1}", "write LIMIT"),
    (rf"\b(?:since|last|past|in the last)\s+(\d*)\s*{_UNIT}\b",
     lambda found: f"start_time >= ago({found[1] or 1}{_unit(found)})", "a time is written ago(1h)"),
    (r"\binterval\s*('[^']*')", lambda found: _length(found[1]), "a length of time is written 1d"),
    (r"(?<![\w'])'\0+'\w[^',]*'(?=\s*(?:\Z|[)},]|AND\b|OR\b))",
     lambda found: "'" + found[0][1:-1].replace("'", "''") + "'",
     "a quote in a text is written twice"),
    (r"\b(?:has|is)_error\b(?:\s*==?\s*(?:true|1)\b)?", "status = 'ERROR'", "an error is a status"),
    (r"(?<![\w.])(?:date|time|ts|created(?:_at)?|started_at)(?![\w.(])", "start_time", "this is called start_time"),
    (r"(?<![\w.])errors(?![\w.(])", "error_count", "this is called error_count"),
    (r"(?<![\w.])status_?code(?=\s*(?:==?|!=|IN)\s*['\"(])", "span.status", "this is called span.status"),
    (r"(?<![\w.])total_tokens(?![\w.(])", "tokens", "this is called tokens"),
    (r"(?<![\w.])prompt_tokens(?![\w.(])", "input_tokens", "this is called input_tokens"),
    (r"(?<![\w.])completion_tokens(?![\w.(])", "output_tokens", "this is called output_tokens"),
    (r"\brootName\b", "root.name", "this is called root.name"),
    (r"\brootServiceName\b", "root.resource.service.name", "this is called root.resource.service.name"),
    (r"\btraceDuration\b", "trace.duration", "this is called trace.duration"),
    (r"(?<![\w.])attributes?(?=\[)", "span.attributes", "attributes are a span's"),
    (r"(?<=\d)\s*(?:USD|EUR|dollars?|cents?)\b", "", "a number stands without a currency"),
    (rf"{_TEXT}\s+NOT\s+IN\s+{_PATH}", "{2} NOT CONTAINS {1}", "what contains a text stands before it"),
    (rf"{_TEXT}\s+IN\s+{_PATH}", "{2} CONTAINS {1}", "what contains a text stands before it"),
    (rf"{_PATH}\.starts_?with\(\s*{_TEXT}\s*\)", "{1} STARTS WITH {2}", "there are no methods"),
    (rf"{_PATH}\.ends_?with\(\s*{_TEXT}\s*\)", "{1} ENDS WITH {2}", "there are no methods"),
    (rf"{_PATH}\.contains\(\s*{_TEXT}\s*\)", "{1} CONTAINS {2}", "there are no methods"),
    (rf"{_PATH}\.lower\(\s*\)", "lower({1})", "there are no methods"),
    (rf"{_PATH}\s*(?:\b(?:REGEXP|REGEX|MATCHES)\b|~\*?)\s*(?=['\"])", "{1} RLIKE ", "a regular expression takes RLIKE"),
    (rf"\b(\d+)\s*{_UNIT}\s+ago\b", lambda found: f"ago({found[1]}{_unit(found)})", "a time is written ago(1h)"),
    (rf"(?<![\w.])(\d[\d.]*)(?:\s*{_LONG_UNIT}|\s+(ms|s|m|h|d|w))\b", lambda found: found[1] + _unit(found),
     "a unit is short and touches its number"),
    (r"\bnow\b(?!\s*\()", "now()", "write now()"),
    (r"(?<![\w.])\d+(?:[,_]\d{3})+\b", lambda found: re.sub("[,_]", "", found[0]), "digits stand together"),
    (r"\$(?=\d)", "", "a number stands without a currency"),
    (r"(?<=\d)(?-i:K)\b", "k", "thousands are k"),
    (r"\bcount\(\s*\*?\s*\)", "count({})", "count takes a block: count({ … })"),
    (r"(\{[^{}]*\})\s*\|\s*count\(\s*\)", "count({1})", "what is counted stands inside of count"),
    (r"(\{[^{}]*\})\s*\|\s*(avg|max|min|sum)\(([^()]*)\)", "{2}({3}, {1})", "the spans stand inside of {2}"),
    (r"(?<=\})\s*->\s*(?=\{)", " > ", "a child stands after >, a descendant after >>"),
    (r"(?<![\w\]`'\")}.])\.(?=[A-Za-z_])", "span.attributes.", "attributes begin with span.attributes."),
    (r"\b(span|trace|event|link|tags?|metadata|attributes|resource|feedback):(?=[A-Za-z])", "{1}.",
     "a dot stands between names"),
    (r"\b(?:span\.)?span_?kind\b", "span.type", "the kind of a span is its type"),
    (r"\btrace\.attributes?\.", "span.attributes.", "attributes are a span's"),
    (r"\bspan\.tags?\.", "tag.", "tags are a trace's"),
    (r"\b(in|out)put\.value\b", "{1}puts", "this is called {1}puts"),
    (r"\bllm\.token_count\.total\b", "tokens", "this is called tokens"),
    (r"\bllm\.token_count\.prompt\b", "input_tokens", "this is called input_tokens"),
    (r"\bllm\.token_count\.completion\b", "output_tokens", "this is called output_tokens"),
    (r"\b(?:evals|annotations)\[['\"]([^'\"]*)['\"]\]\.(?:label|score)\b", "feedback.`{1}`",
     "what was judged is feedback.NAME"),
)  # fmt: skip


def way_out(text: str, start: int, end: int) -> tuple[str, str] | None:
    """What to say, and the text put right, where a habit of another language stands at these characters.

    >>> way_out("!name = 'x'", 0, 1)
    ('write NOT', "NOT name = 'x'")
    """
    first, last = max(0, start - _AROUND), min(end, start + _AROUND) + _AROUND
    # What stands in quotes is not the language of any habit.
    hidden = _QUOTED.sub(lambda quote: quote[0][0] + "\0" * (len(quote[0]) - 2) + quote[0][0], text)[first:last]
    for pattern, meant, message in _HABITS:
        for match in re.finditer(pattern, hidden, re.IGNORECASE | re.DOTALL):
            begin, stop = first + match.start(), first + match.end()
            if begin <= end and stop >= start:
                found = [text[first + at : first + to] if at >= 0 else "" for at, to in match.regs]
                new = meant(found) if callable(meant) else _filled(meant, found)
                return _filled(message, found), text[:begin] + new + text[stop:]
    return None


def _unit(found: list[str]) -> str:
    word = "".join(found[2:]).lower()
    return "ms" if word.startswith(("ms", "mil")) else word[0]


def _length(said: str) -> str:
    """A length of time as it is written: ``1d`` for ``'1 day'``."""
    match = re.fullmatch(rf"'(\d+)\s*{_UNIT}'", said, re.IGNORECASE)
    return "1d" if match is None else match[1] + _unit(["", "", match[2] or "", match[3] or ""])


def _filled(template: str, found: list[str]) -> str:
    return re.sub(r"\{(\d)\}", lambda number: found[int(number[1])], template)
