# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.files import views

app_name = "files"
urlpatterns = [path("<uuid:file_id>/", views.download, name="download")]
