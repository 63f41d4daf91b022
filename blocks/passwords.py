"""What a password of one's own must be, in a sentence that stands in both languages."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Refuses a password of fewer than ``min_length`` characters."""

    def get_error_message(self) -> str:
        """Say how long it must be."""
        return _("The password needs at least %(count)d characters.") % {"count": self.min_length}
