"""Why an action on a post was refused. Views turn each into an answer; nothing was changed."""

from posts.models import Draft, Post, Video


class PostError(Exception):
    """The action was refused and changed nothing."""


class NotACreator(PostError):
    """Only creators publish, repost and quote."""


class NotVerified(PostError):
    """A creator whose identity check is over: nothing new until it is done again."""


class NotAllowed(PostError):
    """The thing is not the actor's, or one of the two has blocked the other."""


class NotForSharing(PostError):
    """A post for followers: nobody takes it further, by a repost or a quote."""


class MayNotAnswer(PostError):
    """The post's author chose who may answer, and the actor is not among them."""

    def __init__(self, replies: str) -> None:
        super().__init__(f"answers are for {replies}")
        self.replies = replies


class TooSoon(PostError):
    """The post is in slow mode, and the actor commented on it just now."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Gone(PostError):
    """The post or comment is not there (any more)."""


class TooMany(PostError):
    """More of something than one may have: lists, people on a list, tabs."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most}")
        self.most = most


class TooManyPictures(PostError):
    """More pictures than a post may have."""


class TooManyParts(PostError):
    """More parts than a thread may have."""


class TooManyBlocks(PostError):
    """More components than a thread may have."""


class AlreadyPublished(PostError):
    """This client id published another text before: the retry's text is not in it."""

    def __init__(self, post: Post) -> None:
        super().__init__(f"client id already published {post.pk}")
        self.post = post


class EditConflict(PostError):
    """The post was edited elsewhere since this edit began."""

    def __init__(self, post: Post) -> None:
        super().__init__(f"{post.pk} is at revision {post.revision}")
        self.post = post


class TooManyDrafts(PostError):
    """More drafts than one person may keep."""


class TooLarge(PostError):
    """More text than a draft may hold."""


class DraftConflict(PostError):
    """The draft was saved elsewhere since this writer began."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"draft {draft.pk} is at version {draft.version}")
        self.draft = draft


class TooManyScheduled(PostError):
    """More posts that publish themselves than one person may have."""


class VideoTooLarge(PostError):
    """A video, or a piece of one, is larger than it may be or was announced."""


class VideoEmpty(PostError):
    """A piece of a video has nothing in it."""


class TooManyVideos(PostError):
    """More videos in work, or on one day, than one person may have."""


class VideoMoved(PostError):
    """The upload does not stand where the piece begins, or is over."""

    def __init__(self, video: Video) -> None:
        super().__init__(f"video {video.pk} stands at {video.received} and is {video.state}")
        self.video = video


class NoSuchOption(PostError):
    """There is no such option to vote for."""


class VotingOver(PostError):
    """The vote has ended."""


class AlreadyVoted(PostError):
    """The actor has voted for something else, and a vote is for good."""


class NoLongerEditable(PostError):
    """A trade idea that stands: its first quarter of an hour is over."""
