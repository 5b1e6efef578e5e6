# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard
from kommune3.kernel.files.models import StoredFile

declare.actions({"files.read": _("Fetch any stored file")})
declare.role(standard.ADMINISTRATOR, may=["files.read"])
declare.scope(StoredFile, declare.Scope(read="files.read", unit="unit__path"))
declare.pages({"files:download": declare.LOGGED_IN})
