# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django import template
from django.conf import settings
from django.template import Context

from kommune3.kernel.access import declare
from kommune3.kernel.demo import seed

register = template.Library()


@register.simple_tag
def demo_logins() -> list[dict[str, str]]:
    """The demo logins with their roles, where the platform runs as a demo; else none."""
    if not settings.DEMO:
        return []
    titles = declare.roles()
    return [
        {"title": str(titles.get(login.role, login.role)), "username": login.username, "password": login.password}
        for login in seed.LOGINS
    ]


@register.inclusion_tag("mfa/demo_code.html", takes_context=True)
def demo_code(context: Context, address: str) -> dict[str, Any]:
    """The present code of a demo login that is asked for its second step, where the platform runs as a demo."""
    request = context["request"]
    account = request.user if request.user.is_authenticated else request._login_stage.login.user
    if not settings.DEMO or not seed.has_seeded_app(account):
        return {"is_demo": False}
    return {
        "is_demo": True,
        "code": seed.present_code(account),
        "address": address,
        "again": request.get_full_path(),
        "next": request.GET.get("next", ""),
        "csrf_token": context.get("csrf_token"),
    }
