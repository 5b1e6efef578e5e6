# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.home import views

urlpatterns = [path("", views.home, name="home")]
