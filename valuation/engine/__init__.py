"""The valuation engine: plain Python and `decimal`, no Django, no clock, no locale, no network, no floats.

The same input gives the same bytes on every Python. This is its first method, the regression on SME-platform IPOs
(docs/valuation.md); further methods join it in `methods`, and a reconciliation will weigh them.
"""

from valuation.engine.model import Estimate, Figures, Interval, Model, Refusal, load_model
from valuation.engine.sme_ipo import ENGINE_VERSION, evaluate

__all__ = ["ENGINE_VERSION", "Estimate", "Figures", "Interval", "Model", "Refusal", "evaluate", "load_model"]
