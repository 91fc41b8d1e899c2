"""DataFrames → scores, which go back into the store as feedback."""

from spanglass.evaluation import scorers
from spanglass.evaluation.coefficients import cohen_kappa, krippendorff_alpha
from spanglass.evaluation.comparing import compare
from spanglass.evaluation.comparison import Comparison
from spanglass.evaluation.evaluating import evaluate
from spanglass.evaluation.metrics import automated_readability_index, exact_match
from spanglass.evaluation.raters import Agreement, agreement
from spanglass.evaluation.result import EvaluationResult
from spanglass.evaluation.scorer import Scorer

__all__ = [
    "Agreement",
    "Comparison",
    "EvaluationResult",
    "Scorer",
    "agreement",
    "automated_readability_index",
    "cohen_kappa",
    "compare",
    "evaluate",
    "exact_match",
    "krippendorff_alpha",
    "scorers",
]
