# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.access import declare
from kommune3.kernel.access.declare import LOGGED_IN
from kommune3.kernel.privacy.access import APPROVE, EDIT_HOLDS, EDIT_PERIODS, EXPORT, PROPOSE, READ

declare.pages(
    {
        "privacy:mine": LOGGED_IN,
        "privacy:fetch": LOGGED_IN,
        "privacy:record": READ,
        "privacy:retention": READ,
        "privacy:new-period": EDIT_PERIODS,
        "privacy:holds": READ,
        "privacy:new-hold": EDIT_HOLDS,
        "privacy:hold-person": EDIT_HOLDS,
        "privacy:release-hold": {"POST": EDIT_HOLDS},
        "privacy:erasures": READ,
        "privacy:erasure": READ,
        "privacy:propose": PROPOSE,
        "privacy:look-again": {"POST": PROPOSE},
        "privacy:approve": {"POST": APPROVE},
        "privacy:decline": {"POST": APPROVE},
        "privacy:person": EXPORT,
    }
)
