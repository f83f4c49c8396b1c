"""What the hub counts, for Prometheus; served by the realtime process alone."""

from prometheus_client import Counter, Gauge

SOCKETS = Gauge("planet_realtime_sockets", "Open sockets.")
PEOPLE = Gauge("planet_realtime_people", "Signed-in people with a socket here.")
TOPICS = Gauge("planet_realtime_topics", "Topics that somebody here listens to.")
REDIS_UP = Gauge("planet_realtime_redis_up", "Whether the hub hears Redis.")
EVENTS = Counter("planet_realtime_events", "Events heard from Redis.")
DELIVERIES = Counter("planet_realtime_deliveries", "Events written to sockets.")
REPLAYED = Counter("planet_realtime_replayed", "Events sent again to a socket that came back.")
GAPS = Counter("planet_realtime_gaps", "Times that a browser was told to catch up by HTTP.")
DROPPED = Counter("planet_realtime_dropped", "Sockets that we closed.", ["reason"])
REFUSED = Counter("planet_realtime_refused", "Sockets that we did not accept.", ["reason"])
