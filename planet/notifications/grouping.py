"""How long a group gathers: what happens later begins a new row of the inbox.

"Ines and 12 others liked your post" should say what happened since one last looked, or today, and not grow for weeks
under the eyes of somebody who never opens it. A kind that is not here gathers until it is read.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from planet.notifications.models import Kind

WINDOWS: Final[Mapping[str, timedelta]] = {
    Kind.LIKE: timedelta(days=1),
    Kind.FOLLOW: timedelta(days=1),
    Kind.TIP: timedelta(days=1),
    Kind.REPOST: timedelta(days=1),
    Kind.COMMENT: timedelta(hours=6),
}
