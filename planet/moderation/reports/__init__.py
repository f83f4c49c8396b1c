"""Reports: whoever sees something that should not stand says so, with a reason; operators decide.

A room makes a thing of its own reportable in `AppConfig.ready()`:

    reports.register(Reportable("post", _("Post"), find=…, owner=…, snapshot=…))

and links to `/report/post/<id>/`. This package imports no models, so that `ready()` of any room may import it.
"""

from planet.moderation.reports.registry import Evidence, Reportable, register

__all__ = ["Evidence", "Reportable", "register"]
