# SPDX-License-Identifier: MPL-2.0
"""A real OpenID Connect provider for the tests: django-allauth's, in a process of its own with its own database."""
