"""DataFrames → scores, which go back into the store as feedback."""

from spanglass.evaluation.evaluate import evaluate
from spanglass.evaluation.metrics import automated_readability_index, exact_match
from spanglass.evaluation.result import EvaluationResult
from spanglass.evaluation.scorers import Scorer

__all__ = ["EvaluationResult", "Scorer", "automated_readability_index", "evaluate", "exact_match"]
