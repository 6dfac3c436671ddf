"""Writes: mandates, matches, feedback, introductions and what they carry, lanes, learning."""

from matching.services.agreements import ask_for_code, sign, text_for, write_own_text
from matching.services.alerts import tell_of_new_matches
from matching.services.explaining import Explained, explain, explain_many
from matching.services.feedback import FeedbackInput, give_feedback, own_pair
from matching.services.freshness import keep_matches_fresh
from matching.services.introductions import (
    ask_for_introduction,
    keep_the_clock,
    move_introduction,
    open_room,
    tell_of_move,
)
from matching.services.lanes import (
    LoanOffer,
    LoanProductInput,
    compare_loans,
    count_equity_approach,
    create_product,
    own_products,
    update_product,
)
from matching.services.learning import train_ranker, use_ranker
from matching.services.letters import LetterInput, accept_letter, decline_letter, send_letter, withdraw_letter
from matching.services.mandates import (
    MandateInput,
    create_mandate,
    delete_mandate,
    expire_mandates,
    load_mandates,
    stop_alerts,
    update_mandate,
)
from matching.services.profiles import AcceptanceInput, set_acceptance
from matching.services.reporting import decide_report, get_report, reopen_report, report_message
from matching.services.scoring import drop_listing, match_listing, match_mandate, score_listing, score_mandate
from matching.services.searching import Found, SearchInput, search
from matching.services.statistics import Statistics, get_statistics
from matching.services.sweeping import embed_everything, sweep
from matching.services.talking import write_message

__all__ = [
    "AcceptanceInput",
    "Explained",
    "FeedbackInput",
    "Found",
    "LetterInput",
    "LoanOffer",
    "LoanProductInput",
    "MandateInput",
    "SearchInput",
    "Statistics",
    "accept_letter",
    "ask_for_code",
    "ask_for_introduction",
    "compare_loans",
    "count_equity_approach",
    "create_mandate",
    "create_product",
    "decide_report",
    "decline_letter",
    "delete_mandate",
    "drop_listing",
    "embed_everything",
    "expire_mandates",
    "explain",
    "explain_many",
    "get_report",
    "get_statistics",
    "give_feedback",
    "keep_matches_fresh",
    "keep_the_clock",
    "load_mandates",
    "match_listing",
    "match_mandate",
    "move_introduction",
    "open_room",
    "own_pair",
    "own_products",
    "reopen_report",
    "report_message",
    "score_listing",
    "score_mandate",
    "search",
    "send_letter",
    "set_acceptance",
    "sign",
    "stop_alerts",
    "sweep",
    "tell_of_move",
    "tell_of_new_matches",
    "text_for",
    "train_ranker",
    "update_mandate",
    "update_product",
    "use_ranker",
    "withdraw_letter",
    "write_message",
    "write_own_text",
]
