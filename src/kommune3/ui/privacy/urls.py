# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.privacy import erasures, holds, own, people, record, retention

app_name = "privacy"
urlpatterns = [
    path("mine/", own.mine, name="mine"),
    path("exports/<uuid:export_id>/", own.fetch, name="fetch"),
    path("record/", record.record, name="record"),
    path("retention/", retention.retention, name="retention"),
    path("retention/<str:rule_key>/", retention.new_period, name="new-period"),
    path("holds/", holds.holds, name="holds"),
    path("holds/new/", holds.new_hold, name="new-hold"),
    path("holds/new/<uuid:person_id>/", holds.hold_person, name="hold-person"),
    path("holds/<uuid:hold_id>/release/", holds.release, name="release-hold"),
    path("erasures/", erasures.erasures, name="erasures"),
    path("erasures/<uuid:erasure_id>/", erasures.erasure, name="erasure"),
    path("erasures/<uuid:erasure_id>/look-again/", erasures.look_again, name="look-again"),
    path("erasures/<uuid:erasure_id>/approve/", erasures.approve, name="approve"),
    path("erasures/<uuid:erasure_id>/decline/", erasures.decline, name="decline"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("people/<uuid:person_id>/erase/", people.propose, name="propose"),
]
