# SPDX-License-Identifier: MPL-2.0
from django.urls import include, path

from killdrill import views
from kommune3.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    path("api/killdrill/", include(([path("wishes", views.wishes, name="wishes")], "killdrill"))),
    *urlpatterns,
]
