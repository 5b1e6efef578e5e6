# SPDX-License-Identifier: MPL-2.0
"""Legal bases and recipients that recur in the record of processing activities.

Sources: GDPR, regulation (EU) 2016/679; databeskyttelsesloven, consolidated act 289 of 8 March 2024.
"""

from django.utils.translation import gettext_lazy as _

PUBLIC_TASK = _("GDPR article 6(1)(e): a task of the municipality as a public authority.")
EMPLOYMENT = _("GDPR article 6(1)(e) and databeskyttelsesloven § 12: the municipality as an employer.")
CPR_NUMBER = _("Databeskyttelsesloven § 11(1): a public authority tells people apart by their CPR number.")
SECURITY = _("GDPR articles 6(1)(c) and 32: the municipality must secure what it keeps.")
ACCOUNTABILITY = _("GDPR articles 5(2) and 6(1)(c): the municipality must be able to show who did what.")
KEPT_FOR_PROOF = _(
    "GDPR article 17(3)(b) and (e): the log is proof of who did what. It holds numbers instead of names, and a number "
    "of an erased person leads to nobody."
)
THE_PERSON = _("The person.")
PEOPLE_READERS = _("The person, and holders of the right to see people in the person's unit or above.")
ADMINISTRATORS = _("Administrators.")
NOBODY = _("Nobody: it is used by the platform only.")
AS_LONG_AS_THE_PERSON = _("As long as the person is registered.")
AS_LONG_AS_THE_ROW = _("As long as the row is kept.")
AS_DECIDED = _("The days decided under retention.")
