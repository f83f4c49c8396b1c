"""Every page of the site, for whoever wants to look at all of them: screenshots, axe, weight."""

from dataclasses import dataclass

from playwright.sync_api import Page as Tab

from planet.config.demo import people

GUEST, READER, CREATOR, OPERATOR = "guest", "reader", "creator", "operator"
EMAILS = {account.role: account.email for account in people.ACCOUNTS}


@dataclass(frozen=True)
class Place:
    """A page: its name, where it is, and as whom one looks.

    `{post}` stands for a post of the creator's with a discussion (in front its path, later its id), `{article}` for an
    article with everything in it, `{week}` in front for the newest week of the pool that was paid.
    """

    name: str
    path: str
    role: str = GUEST
    status: int = 200


PLACES = (
    Place("home-guest", "/"),
    Place("latest-guest", "/latest/"),
    Place("post-guest", "{post}"),
    Place("article-guest", "{article}"),
    Place("profile-guest", "/@ines/"),
    Place("followers-guest", "/@ines/followers/"),
    Place("following-guest", "/@ines/following/"),
    Place("asset", "/asset/SOL/"),
    Place("topic", "/topic/options/"),
    Place("search-guest", "/search/?q=funding"),
    Place("search-articles", "/search/?q=the&tab=articles"),
    Place("sign-up", "/accounts/signup/"),
    Place("sign-in", "/accounts/login/"),
    Place("password-reset", "/accounts/password/reset/"),
    Place("not-found", "/nothing-here/", status=404),
    Place("design", "/design/"),
    Place("dev-mail", "/dev/mail/"),
    Place("home", "/", READER),
    Place("latest", "/latest/", READER),
    Place("post", "{post}", READER),
    Place("article", "{article}", READER),
    Place("post-history", "{post}history/", READER),
    Place("post-why", "{post}why/", READER),
    Place("pool", "/pool/", READER),
    Place("pool-now", "/pool/now/", CREATOR),
    Place("pool-now-reader", "/pool/now/", READER),
    Place("pool-week", "{week}", CREATOR),
    Place("pool-statement", "{week}statement/", CREATOR),
    Place("pool-linked", "/pool/linked/", CREATOR),
    Place("pool-policies", "/pool/policies/"),
    Place("tip", "/tip/post/{post}", READER),
    Place("supporters", "/@ines/supporters/", READER),
    Place("deposit", "/wallet/deposit/", READER),
    Place("withdraw", "/wallet/withdraw/", READER),
    Place("report", "/report/post/{post}", READER),
    Place("for-you", "/for-you/", READER),
    Place("following-feed", "/following/", READER),
    Place("lists", "/lists/", READER),
    Place("list-membership", "/lists/with/tomo_perp/", READER),
    Place("not-interested", "/not-interested/", READER),
    Place("profile", "/@tomo_perp/", READER),
    Place("profile-performance", "/@tomo_perp/performance/", READER),
    Place("profile-zh", "/@weilan/", READER),
    Place("groups", "/groups/", READER),
    Place("group", "/g/perp_room/", READER),
    Place("group-details", "/g/perp_room/about/", READER),
    Place("group-card", "/g/perp_room/"),
    Place("groups-discover", "/groups/discover/", READER),
    Place("messages-new", "/messages/new/", READER),
    Place("messages-requests", "/messages/requests/", READER),
    Place("post-send", "{post}send/", READER),
    Place("reader-profile", "/@jonah/", READER),
    Place("bookmarks", "/bookmarks/", READER),
    Place("notifications", "/notifications/", READER),
    Place("search", "/search/", READER),
    Place("search-people", "/search/?q=ma&tab=people", READER),
    Place("search-topics", "/search/?q=%23b&tab=topics", READER),
    Place("search-nothing", "/search/?q=zzzqq", READER),
    Place("topics", "/topics/", READER),
    Place("settings", "/settings/", READER),
    Place("mentions", "/settings/mentions/", READER),
    Place("blocked", "/settings/blocked/", READER),
    Place("muted", "/settings/muted/", READER),
    Place("kyc", "/kyc/", READER),
    Place("creator-start", "/creator/start/", READER),
    Place("e-mail", "/accounts/email/", READER),
    Place("password-change", "/accounts/password/change/", READER),
    Place("second-factor", "/accounts/2fa/", READER),
    Place("sessions", "/accounts/sessions/", READER),
    Place("creator-home", "/", CREATOR),
    Place("creator-profile", "/@ines/", CREATOR),
    Place("compose", "/post/", CREATOR),
    Place("compose-article", "/post/article/", CREATOR),
    Place("wallet", "/wallet/", CREATOR),
    Place("wallet-filtered", "/wallet/?kind=tip", CREATOR),
    Place("tips-received", "/tip/post/{post}", CREATOR),
    Place("group-new", "/groups/new/", CREATOR),
    Place("group-members", "/g/perp_room/members/", CREATOR),
    Place("group-invites", "/g/perp_room/invite/", CREATOR),
    Place("group-manage", "/g/perp_room/manage/", CREATOR),
    Place("group-identity", "/g/perp_room/manage/identity/", CREATOR),
    Place("group-joining", "/g/perp_room/manage/joining/", CREATOR),
    Place("group-conduct", "/g/perp_room/manage/conduct/", CREATOR),
    Place("group-channels", "/g/perp_room/manage/channels/", CREATOR),
    Place("group-requests", "/g/perp_room/manage/requests/", CREATOR),
    Place("group-roles", "/g/perp_room/manage/roles/", CREATOR),
    Place("group-role", "/g/perp_room/manage/roles/new/", CREATOR),
    Place("group-bans", "/g/perp_room/manage/bans/", CREATOR),
    Place("group-log", "/g/perp_room/manage/log/", CREATOR),
    Place("group-automod", "/g/perp_room/manage/automod/", CREATOR),
    Place("group-bots", "/g/perp_room/manage/bots/", CREATOR),
    Place("group-export", "/g/perp_room/manage/export/", CREATOR),
    Place("group-owner", "/g/perp_room/manage/owner/", CREATOR),
    Place("creator-centre", "/creator/centre/", CREATOR),
    Place("creator-centre-post", "/creator/centre/posts/{post}", CREATOR),
    Place("drafts", "/drafts/", CREATOR),
    Place("post-edit", "{post}edit/", CREATOR),
    Place("post-delete", "{post}delete/", CREATOR),
    Place("creator-edit", "/creator/edit/", CREATOR),
    Place("creator-notifications", "/notifications/", CREATOR),
    Place("notification-settings", "/notifications/settings/", CREATOR),
    Place("reports", "/reports/", CREATOR),
    Place("filtered-notifications", "/notifications/?tab=filtered", CREATOR),
    Place("admin", "/admin/", OPERATOR),
    Place("admin-users", "/admin/accounts/user/", OPERATOR),
    Place("admin-kyc", "/admin/accounts/kycapplication/", OPERATOR),
    Place("admin-posts", "/admin/posts/post/", OPERATOR),
    Place("admin-withdrawals", "/admin/cashier/withdrawal/", OPERATOR),
    Place("admin-settlements", "/admin/incentives/settlement/", OPERATOR),
    Place("admin-tips", "/admin/tips/tip/", OPERATOR),
    Place("admin-reports", "/admin/moderation/reported/", OPERATOR),
    Place("admin-creators", "/admin/creators/creator/", OPERATOR),
    Place("admin-audit", "/admin/moderation/auditentry/", OPERATOR),
)


def discussed_post(tab: Tab) -> str:
    """The path of a post of the creator's own that has comments and, if there is one, a picture."""
    tab.goto("/@ines/")
    links = tab.locator("article[data-post]").evaluate_all(
        """cards => cards.filter(card => card.dataset.handle === 'ines').map(card => ({
            id: card.dataset.post,
            comments: parseInt(card.querySelector('[data-count="comments"]')?.textContent || '0', 10) || 0,
            picture: card.querySelector('img[width]') ? 1 : 0,
        }))"""
    )
    best = max(links, key=lambda card: (card["comments"] > 0, card["picture"], card["comments"]))
    return f"/p/{best['id']}/"


def an_article(tab: Tab) -> str:
    """The path of the newest article of somebody who writes long ones."""
    tab.goto("/@sofiareis/")
    return tab.locator("a.artc").first.get_attribute("href") or "/"


def a_paid_week(tab: Tab) -> str:
    """The path of the newest week of the pool that was paid."""
    tab.goto("/pool/")
    return tab.locator("main a.movement").first.get_attribute("href") or "/"


def address(tab: Tab, path: str) -> str:
    """The path of a place on the planet that the tab looks at."""
    if path == "{article}":
        return an_article(tab)
    if path.startswith("{week}"):
        return a_paid_week(tab) + path.removeprefix("{week}")
    if "{post}" not in path:
        return path
    post = discussed_post(tab)
    return path.replace("{post}", post) if path.startswith("{") else path.replace("{post}", post.removeprefix("/p/"))
