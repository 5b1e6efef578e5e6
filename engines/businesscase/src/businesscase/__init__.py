# SPDX-License-Identifier: MPL-2.0
"""What an initiative costs and gives, how sure that is, and which initiatives a fund should pay for."""

from businesscase.case import Account, Case, Line, Range, Rate, Scenario, rate_on
from businesscase.check import Violation, check
from businesscase.errors import BusinesscaseError, InvalidCase, MissingRate, SolverFailed
from businesscase.evaluate import Evaluation, Outcome, evaluate
from businesscase.files import Question, read_question, to_json
from businesscase.flow import (
    BudgetRow,
    Flow,
    Swing,
    budget_table,
    cash_flow,
    not_cashable,
    payback_years,
    present_value,
    rounded,
    rounding_gaps,
    sensitivity,
)
from businesscase.montecarlo import DRAWS, QUANTILES, Simulated, simulate
from businesscase.portfolio import Choice, Exclusion, Fund, Initiative, NextStep, Status, Synergy, choose
from businesscase.roots import InternalRates, RateKind, internal_rates

__all__ = [
    "DRAWS", "QUANTILES", "Account", "BudgetRow", "BusinesscaseError", "Case", "Choice", "Evaluation", "Exclusion",
    "Flow", "Fund", "Initiative", "InternalRates", "InvalidCase", "Line", "MissingRate", "NextStep", "Outcome",
    "Question", "Range", "Rate", "RateKind", "Scenario", "Simulated", "SolverFailed", "Status", "Swing", "Synergy",
    "Violation", "budget_table", "cash_flow", "check", "choose", "evaluate", "internal_rates", "not_cashable",
    "payback_years", "present_value", "rate_on", "read_question", "rounded", "rounding_gaps", "sensitivity", "simulate",
    "to_json",
]  # fmt: skip
