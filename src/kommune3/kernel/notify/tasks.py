# SPDX-License-Identifier: MPL-2.0
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel.jobs import JobContext, durable
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.organisation import tree


@durable(max_attempts=6, timeout_minutes=2)
def send_mail(job: JobContext, *, notification_id: str) -> None:
    """Send a message by e-mail. At least once: after a crash in the wrong instant the mail server gets it again, with
    the same Message-ID, by which mail programs know a double.
    """
    notification = Notification.objects.select_related("person").get(pk=notification_id)
    if notification.emailed_at is None and notification.read_at is None:
        with translation.override(settings.LANGUAGE_CODE):
            mail_of(notification).send()
    with job.commit():
        Notification.objects.filter(pk=notification_id, emailed_at=None).update(emailed_at=job.now())


def mail_of(notification: Notification) -> EmailMessage:
    """The e-mail: title and link, not the body."""
    link = f"{settings.PUBLIC_URL.rstrip('/')}/notifications/{notification.pk}/"
    return EmailMessage(
        subject=notification.title,
        body=_("You have a message from %(municipality)s. Log in to read it:\n\n%(link)s\n")
        % {"municipality": tree.municipality().name, "link": link},
        to=[notification.person.email],
        headers={"Message-ID": f"<{notification.pk}@kommune3>", "Auto-Submitted": "auto-generated"},
    )
