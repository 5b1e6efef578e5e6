# SPDX-License-Identifier: MPL-2.0
from django.db import migrations

from kommune3.kernel.audit import append_only


class Migration(migrations.Migration):
    dependencies = [("effects", "0001_initial")]
    operations = [append_only.operation("effects_effect", settable_once=["superseded_by_id"])]
