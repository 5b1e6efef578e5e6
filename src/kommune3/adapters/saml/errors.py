# SPDX-License-Identifier: MPL-2.0
"""Why a message of an identity provider is refused."""

from enum import StrEnum


class Reason(StrEnum):
    """Written to the log and the audit log; says nothing about a person."""

    # The message as it came
    NOT_BASE64 = "NOT_BASE64"
    TOO_LARGE = "TOO_LARGE"
    NOT_UTF8 = "NOT_UTF8"
    MARKUP = "MARKUP"  # a document type, an entity, a comment, CDATA or a processing instruction
    NOT_XML = "NOT_XML"
    NOT_SAML = "NOT_SAML"  # not by the schema
    UNEXPECTED_ELEMENT = "UNEXPECTED_ELEMENT"
    UNEXPECTED_ATTRIBUTE = "UNEXPECTED_ATTRIBUTE"
    NAMESPACE = "NAMESPACE"
    DUPLICATE_ID = "DUPLICATE_ID"
    WRONG_NUMBER = "WRONG_NUMBER"  # of assertions, signatures, subjects, conditions or statements
    # Signature and encryption
    NOT_SIGNED = "NOT_SIGNED"
    WEAK_ALGORITHM = "WEAK_ALGORITHM"
    SIGNATURE_SHAPE = "SIGNATURE_SHAPE"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    NOT_ENCRYPTED = "NOT_ENCRYPTED"
    CANNOT_DECRYPT = "CANNOT_DECRYPT"
    # What it says
    STATUS = "STATUS"
    ISSUER = "ISSUER"
    DESTINATION = "DESTINATION"
    RECIPIENT = "RECIPIENT"
    AUDIENCE = "AUDIENCE"
    TOO_EARLY = "TOO_EARLY"
    EXPIRED = "EXPIRED"
    NO_TIME = "NO_TIME"
    SUBJECT = "SUBJECT"
    CONFIRMATION = "CONFIRMATION"
    STATEMENT = "STATEMENT"
    DUPLICATE_ATTRIBUTE = "DUPLICATE_ATTRIBUTE"
    SECOND_OPINION = "SECOND_OPINION"  # python3-saml refuses what the rules here let through
    REPLAYED = "REPLAYED"
    UNKNOWN_REQUEST = "UNKNOWN_REQUEST"
    # Who it is
    LEVEL_TOO_LOW = "LEVEL_TOO_LOW"
    NO_IDENTIFIER = "NO_IDENTIFIER"
    OTHER_AUTHORITY = "OTHER_AUTHORITY"
    PRIVILEGES = "PRIVILEGES"  # the list of privileges cannot be read
    NO_ACCOUNT = "NO_ACCOUNT"
    CLOSED_ACCOUNT = "CLOSED_ACCOUNT"


class Refused(Exception):
    """The message is not accepted. ``detail`` is for the log: never a value that the message holds about a person."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


class NotSetUp(Exception):
    """The settings of the SAML login cannot be used; the message says which and why."""
