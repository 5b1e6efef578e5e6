# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.inventory import not_personal

not_personal({"events.Event": "identifiers and figures; texts are searched all the same when somebody is erased"})
