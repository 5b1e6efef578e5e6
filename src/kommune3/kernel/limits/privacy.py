# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.inventory import not_personal

not_personal(
    {
        "limits.Count": "who called is a blind index, gone within the hour",
        "limits.Cached": "Django's cache: wrong codes counted by digest, gone within minutes",
    }
)
