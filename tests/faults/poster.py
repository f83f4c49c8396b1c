"""People who keep posting while things break, as browsers do: what was not answered is sent again, unchanged."""

import http.client
import json
import threading
import urllib.parse
import uuid
from dataclasses import dataclass, field

from tools.planet import Planet

# The site lets one person post thirty times in ten minutes.
POSTS_A_PERSON = 25

MAKE_PEOPLE = """
import json
from django.test import Client
from tests.factories import make_creator
people = []
for number in range({count}):
    creator = make_creator("{prefix}" + str(number))
    client = Client()
    client.force_login(creator.user, "planet.accounts.backends.Backend")
    people.append(client.cookies["sessionid"].value)
print(json.dumps(people))
"""
COUNT_POSTS = """
import json
from posts.models import Post
posts = Post.objects.filter(text__startswith="{mark} ")
print(json.dumps([str(post.client_id) for post in posts]))
"""


@dataclass
class Poster:
    """Sends one post after the other, each until it is acknowledged."""

    planet: Planet
    mark: str
    sessions: list[str]
    acknowledged: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the post at hand and end."""
        self._stop.set()
        self._thread.join(60)

    def _run(self) -> None:
        for session in self.sessions:
            for number in range(POSTS_A_PERSON):
                if self._stop.is_set():
                    return
                self._post_until_acknowledged(session, str(uuid.uuid4()), number)

    def _post_until_acknowledged(self, session: str, client_id: str, number: int) -> None:
        while not self._acknowledged(session, client_id, number):
            if self._stop.is_set():
                return
            self._stop.wait(0.1)
        self.acknowledged.append(client_id)

    def _acknowledged(self, session: str, client_id: str, number: int) -> bool:
        """Whether the site said that the post is published."""
        token = "t" * 32
        form = {"client_id": client_id, "text": f"{self.mark} number {number}", "csrfmiddlewaretoken": token}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={session}; csrftoken={token}",
        }
        connection = http.client.HTTPConnection("127.0.0.1", int(self.planet.environment["PORT"]), timeout=20)
        try:
            connection.request("POST", "/post/", urllib.parse.urlencode(form), headers)
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status == 302:
            return True
        if answer.status != 503 or not answer.headers["Retry-After"] or "Traceback" in body:
            self.unexpected.append(f"{answer.status} {json.dumps(dict(answer.headers))} {body[:500]}")
        return False


def people(planet: Planet, prefix: str, count: int) -> list[str]:
    """Creators who are signed in: the cookies of their sessions."""
    return _run(planet, MAKE_PEOPLE.format(prefix=prefix, count=count))


def stored(planet: Planet, mark: str) -> list[str]:
    """The client ids of the posts in the database."""
    return _run(planet, COUNT_POSTS.format(mark=mark))


def _run(planet: Planet, code: str) -> list[str]:
    """What the code prints, as JSON, when it runs inside the Planet."""
    printed: list[str] = json.loads(planet.manage("shell", "--no-imports", "--command", code))
    return printed
