# SPDX-License-Identifier: MPL-2.0
"""Who names substitutes for others, opens access in an emergency, and follows up on it."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard
from kommune3.kernel.access.access import READ_PEOPLE, READ_UNITS, REVEAL_CPR
from kommune3.kernel.access.actor import BREAK_GLASS
from kommune3.kernel.access.models import BreakGlass, Substitution
from kommune3.kernel.rights.models import Line, Round

SUBSTITUTES = "access.substitute.manage"
FOLLOW_UP = "access.break_glass.follow_up"
REVIEW = "access.review"
START_REVIEW = "access.review.start"
CARRY_OUT = "access.review.carry_out"

declare.actions(
    {
        SUBSTITUTES: _("Name substitutes for others, and end substitutions"),
        BREAK_GLASS: _("Open access in an emergency, with a reason"),
        FOLLOW_UP: _("Follow up on access that was opened in an emergency"),
        REVIEW: _("Review who has rights, and sign"),
        START_REVIEW: _("Open a review of rights"),
        CARRY_OUT: _("Carry out what a review of rights wants changed"),
    }
)
declare.role(standard.ADMINISTRATOR, may=[SUBSTITUTES, FOLLOW_UP, REVIEW, START_REVIEW, CARRY_OUT])
declare.role(standard.DEPARTMENT_LEADER, may=[SUBSTITUTES, BREAK_GLASS, FOLLOW_UP, REVIEW])
declare.role(standard.DATA_PROTECTION, may=[FOLLOW_UP])
declare.role(standard.ON_CALL, may=[BREAK_GLASS])
declare.break_glass([READ_PEOPLE, READ_UNITS, REVEAL_CPR])
declare.scope(
    Substitution,
    declare.Scope(
        read=SUBSTITUTES,
        unit="absent__person__employments__unit__path",
        many=True,
        wall=("absent__person", "substitute__person"),
    ),
)
declare.scope(BreakGlass, declare.Scope(read=FOLLOW_UP, unit="unit__path", person="account__person"))
declare.scope(Round, declare.Scope(read=REVIEW, unit="unit__path"))
declare.scope(Line, declare.Scope(read=REVIEW, unit="round__unit__path"))
declare.pages(
    {
        "reviews:list": REVIEW,
        "reviews:start": {"POST": START_REVIEW},
        "reviews:round": REVIEW,
        "reviews:keep": {"POST": REVIEW},
        "reviews:sign": {"POST": REVIEW},
        "reviews:lines": REVIEW,
        "reviews:carry-out": {"POST": CARRY_OUT},
        "substitutes:own": declare.LOGGED_IN,
        "substitutes:end-own": {"POST": declare.LOGGED_IN},
        "substitutes:list": SUBSTITUTES,
        "substitutes:new": SUBSTITUTES,
        "substitutes:end": {"POST": SUBSTITUTES},
        "break-glass:open": BREAK_GLASS,
        "break-glass:close": {"POST": BREAK_GLASS},
        "break-glass:queue": FOLLOW_UP,
        "break-glass:detail": FOLLOW_UP,
    }
)
