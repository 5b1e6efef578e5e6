# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.access import declare

declare.pages({"killdrill:wishes": declare.LOGGED_IN})
