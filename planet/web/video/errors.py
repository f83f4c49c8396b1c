"""What is wrong with a video."""

from django.utils.functional import Promise


class BadVideo(Exception):
    """The upload is not a video we accept; the message says why, translated when it is shown."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
