"""Scorers that are there already, each made by a function: ``sg.scorers.contains("refund")``.

All of them can be given to ``evaluate`` beside functions of your own. None of them reaches the network; a judge asks
whatever it is given to ask.
"""

from spanglass.evaluation.scorers.judge import judge
from spanglass.evaluation.scorers.outputs import contains, matches, same, valid_json
from spanglass.evaluation.scorers.resources import cost, latency, tokens
from spanglass.evaluation.scorers.retrieval import ndcg_at_k, precision_at_k, recall_at_k
from spanglass.evaluation.scorers.tools import tool_calls

__all__ = [
    "contains",
    "cost",
    "judge",
    "latency",
    "matches",
    "ndcg_at_k",
    "precision_at_k",
    "recall_at_k",
    "same",
    "tokens",
    "tool_calls",
    "valid_json",
]
