"""Django's settings, made from `env`."""

from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from planet.config.env import ROOT, load
from planet.config.sentry import start_sentry
from planet.web.logs import logging_settings

django_stubs_ext.monkeypatch()

ENV = load()
PRODUCTION = ENV.planet_mode == "production"
TESTING = ENV.planet_mode == "test"
DEVELOPMENT = ENV.planet_mode == "development"

DEBUG = False  # errors show our own pages in every mode; `make up` prints the trace in its log
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = [ENV.host] if PRODUCTION else ["*"]
SITE_URL = ENV.site_url
SITE_NAME = "Planet"
DATA_DIR = ENV.data_dir

INSTALLED_APPS = [
    "planet.config",
    "discover",
    "incentives",
    "groups",
    "posts",
    "creators",
    "planet.cashier",
    "planet.tips",
    "planet.ledger",
    "planet.notifications",
    "planet.moderation",
    "planet.engagement",
    "planet.markets",
    "planet.accounts",
    "planet.realtime",
    "planet.web",
    "planet.stack",
    "planet.config.admin_app.PlanetAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "channels",
]

MIDDLEWARE = [
    "planet.web.health.HealthMiddleware",
    "planet.engagement.middleware.BeaconMiddleware",
    "planet.web.metrics.MetricsMiddleware",
    "planet.web.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "planet.web.compression.TextCompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "planet.accounts.middleware.Seen",
    "django_htmx.middleware.HtmxMiddleware",
    "planet.web.uploads.BodyLimitMiddleware",  # before anybody reads the body: CSRF does, after all middleware ran
]

ROOT_URLCONF = "planet.config.urls"
WSGI_APPLICATION = "planet.config.wsgi.application"
ASGI_APPLICATION = "planet.config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "planet.web.context_processors.frame",
                "planet.notifications.context_processors.inbox",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "planet.web.templatetags.planet",
                "planet.web.templatetags.kept",
                "planet.web.templatetags.images",
            ],
        },
    }
]

# --- data ---------------------------------------------------------------------------------------------------------


def _database(url: str) -> dict[str, Any]:
    """A Django database entry from a libpq URL."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "planet.web.postgres",
        "NAME": parts.pop("dbname", "planet"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # Bound by the server, so that a statement is parsed and planned once a connection, not once a value.
        "OPTIONS": {**parts, "server_side_binding": True, "prepare_threshold": 3},
    }


DATABASES = {"default": _database(ENV.database)}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": ENV.redis,
        "KEY_PREFIX": "planet",
        "TIMEOUT": 3600,
        "OPTIONS": {
            "CONNECTION_POOL_KWARGS": {"socket_timeout": 5, "socket_connect_timeout": 2, "max_connections": 256}
        },
    }
}
REDIS_URL = ENV.redis
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 gives up on an idle socket after 5 s unless told otherwise.
        "CONFIG": {"hosts": [{"address": ENV.redis, "socket_timeout": 60, "max_connections": 4096}]},
    }
}

_REDIS_BROKER = ENV.redis.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_URL = _REDIS_BROKER
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # LOGGING below holds for it too
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 660}  # longer than any task may run, else it would run twice
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "trust": {"task": "planet.accounts.tasks.recompute_trust", "schedule": crontab(hour="2", minute="20")},
    "forget unconfirmed": {"task": "planet.accounts.tasks.forget_unconfirmed", "schedule": crontab(minute="15")},
    "expire identity checks": {
        "task": "planet.accounts.tasks.expire_identity_checks",
        "schedule": crontab(minute="25"),
    },
    "erase identity documents": {
        "task": "planet.accounts.tasks.erase_identity_documents",
        "schedule": crontab(minute="35"),
    },
    "forget traces": {"task": "planet.accounts.tasks.forget_traces", "schedule": crontab(hour="1", minute="50")},
    "tick": {"task": "planet.markets.tasks.tick", "schedule": 5.0, "options": {"expires": 5}},
    "heartbeat": {"task": "planet.heartbeat", "schedule": 10.0, "options": {"expires": 30}},
    "search": {"task": "discover.tasks.refresh", "schedule": crontab(minute="*/10"), "options": {"expires": 540}},
    "check search": {"task": "discover.tasks.check", "schedule": crontab(hour="4", minute="10")},
    "check counts": {"task": "creators.tasks.check_counts", "schedule": crontab(hour="3", minute="10")},
    "follow blocks": {"task": "posts.tasks.follow_blocks", "schedule": 30.0, "options": {"expires": 30}},
    "publish scheduled": {
        "task": "posts.tasks.publish_scheduled",
        "schedule": 10.0,
        "options": {"expires": 10},  # after downtime one run publishes all that is due
    },
    "fold scores": {"task": "posts.tasks.fold_scores", "schedule": 5.0, "options": {"expires": 5}},
    "score recent posts": {"task": "posts.tasks.score_recent", "schedule": crontab(minute="5")},
    "forget thrown-away drafts": {"task": "posts.tasks.forget_thrown_away", "schedule": crontab(minute="45")},
    "requeue videos": {"task": "posts.tasks.requeue_videos", "schedule": crontab(minute="*/2")},
    "settle files of posts": {"task": "posts.tasks.settle_files", "schedule": crontab(hour="3", minute="10")},
    "sweep videos": {"task": "posts.tasks.sweep_videos", "schedule": crontab(hour="3", minute="50")},
    "check post counts": {"task": "posts.tasks.check_counts", "schedule": crontab(hour="3", minute="20")},
    "sweep attachments": {"task": "groups.tasks.sweep_attachments", "schedule": crontab(hour="3", minute="30")},
    "sweep pictures": {"task": "planet.web.tasks.sweep_pictures", "schedule": crontab(hour="3", minute="40")},
    # A busy worker is late, not excused; after a minute another one is waiting anyway.
    "write attention": {
        "task": "planet.engagement.tasks.write_down",
        "schedule": 5.0,
        "options": {"expires": 60},
    },
    "attention partitions": {
        "task": "planet.engagement.tasks.keep_partitions",
        "schedule": crontab(hour="1", minute="30"),
    },
    "make exports": {
        "task": "groups.tasks.make_export",
        "schedule": crontab(),
        "options": {"queue": "media", "expires": 55},
    },
    "erase exports": {"task": "groups.tasks.erase_exports", "schedule": crontab(minute="55")},
    "fold credits": {"task": "planet.ledger.tasks.fold", "schedule": 5.0, "options": {"expires": 5}},
    "expire holds": {"task": "planet.ledger.tasks.expire_holds", "schedule": 30.0, "options": {"expires": 30}},
    # The week is over at midnight on Monday; whatever keeps it waiting is gone an hour later, or is said loudly.
    "settle": {"task": "incentives.tasks.settle", "schedule": crontab(minute="5"), "options": {"expires": 3000}},
    "look ahead": {
        "task": "incentives.tasks.look_ahead",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 800},
    },
    # In time for the week that is over at midnight on Monday: links that were found by then count for it.
    "find links": {"task": "incentives.tasks.find_links", "schedule": crontab(hour="22", minute="30")},
    "reconcile": {"task": "planet.ledger.tasks.reconcile", "schedule": crontab(hour="4", minute="20")},
    "send withdrawals": {"task": "planet.cashier.tasks.send_approved", "schedule": 15.0, "options": {"expires": 15}},
    "follow withdrawals": {"task": "planet.cashier.tasks.follow_sent", "schedule": 30.0, "options": {"expires": 30}},
    "forget calls": {"task": "planet.cashier.tasks.forget_calls", "schedule": crontab(minute="50")},
    "confirm channels": {"task": "groups.tasks.confirm", "schedule": 5.0, "options": {"expires": 5}},
    "ring bells": {"task": "posts.tasks.ring_bells", "schedule": 10.0, "options": {"expires": 10}},
    "push": {
        "task": "planet.notifications.tasks.deliver_pushes",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "digests": {
        "task": "planet.notifications.tasks.send_digests",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 280},
    },
    "forget-old-notifications": {
        "task": "planet.notifications.tasks.forget_old_notifications",
        "schedule": crontab(hour=3, minute=40),
    },
}

# --- accounts -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["planet.accounts.backends.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
STAFF_NEEDS_SECOND_FACTOR = PRODUCTION
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "planet.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "planet.accounts.forms.SignupForm",
    "login": "planet.accounts.forms.LoginForm",
    "reset_password": "planet.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "planet.accounts.forms.ResetPasswordKeyForm",
    "change_password": "planet.accounts.forms.ChangePasswordForm",
    "add_email": "planet.accounts.forms.AddEmailForm",
    "reauthenticate": "planet.accounts.forms.ReauthenticateForm",
}
MFA_FORMS = {"add_webauthn": "planet.accounts.forms.AddKeyForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "planet.accounts.queries.display"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail for every change that matters to security
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True  # one address an account; a new one takes over once it is confirmed
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_RATE_LIMITS = {"signup": "30/h/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
USERSESSIONS_ADAPTER = "planet.accounts.adapters.SessionsAdapter"
MFA_ADAPTER = "planet.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # one period of 30 s either way, for clocks that are off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_FAILURE_VIEW = "planet.web.errors.csrf_failure"
CSRF_COOKIE_SAMESITE = "Lax"

KYC_PROVIDER = ENV.kyc_provider
KYC_HOSTED_URL = ENV.kyc_hosted_url
KYC_HOSTED_SECRET = ENV.kyc_hosted_secret
ENCRYPTION_KEY = ENV.encryption_key or f"{ENV.secret_key}.at-rest"
KYC_IDENTITY_PEPPER = ENV.kyc_identity_pepper or f"{ENV.secret_key}.identity"
KYC_RETENTION = timedelta(days=ENV.kyc_retention_days)
ENGAGEMENT_RETENTION_DAYS = ENV.engagement_retention_days

WALLET_PROVIDER = ENV.wallet_provider
EXCHANGE_WALLET_URL = ENV.exchange_wallet_url
EXCHANGE_WALLET_SECRET = ENV.exchange_wallet_secret
WITHDRAW_DAILY_LIMIT = ENV.withdraw_daily_limit
WITHDRAW_TWO_APPROVALS_ABOVE = ENV.withdraw_two_approvals_above

# --- security -----------------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = ENV.trusted_proxies if ENV.trusted_proxies is not None else int(PRODUCTION)
CSRF_TRUSTED_ORIGINS = [ENV.site_url]
SOCKET_URL = ENV.socket_url or (f"{ENV.site_url.replace('https', 'wss', 1)}/socket/" if PRODUCTION else None)
REALTIME_PORT = ENV.socket_port
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, "ws:", "wss:"] if not PRODUCTION else [SELF, ENV.site_url.replace("https://", "wss://")],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 12

# --- language and time --------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("简体中文"))]
LOCALE_PATHS = [ROOT / "locale"]

# --- markets ------------------------------------------------------------------------------------------------------

MARKET = "planet.markets.simulated.Simulated"  # whoever answers planet.markets.market.Market

# --- files --------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = ENV.static_root or ENV.data_dir / "static"
# Inter is installed by npm where npm is; the pages fall back to the system's face without it.
INTER_DIR = ROOT / "node_modules" / "@fontsource-variable" / "inter"
STATICFILES_DIRS: list[Any] = [ROOT / "static", *([("inter", INTER_DIR)] if INTER_DIR.is_dir() else [])]
MEDIA_URL = "media/"
MEDIA_ROOT = ENV.data_dir / "media"
ACCEL_REDIRECT = ENV.accel_redirect
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Identity documents, encrypted. No URL leads there.
    "kyc": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": ENV.data_dir / "kyc",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"  # no manifest is collected for tests
        if TESTING
        else "planet.web.staticfiles.HashedStaticFilesStorage"
    },
}

# --- mail ---------------------------------------------------------------------------------------------------------

_MAIL = urlsplit(ENV.email_url or "file:")
_BACKEND = "filebased" if _MAIL.scheme == "file" else "smtp"
EMAIL_BACKEND = f"django.core.mail.backends.{_BACKEND}.EmailBackend"
EMAIL_FILE_PATH = ENV.data_dir / "mail"
EMAIL_HOST = _MAIL.hostname or "localhost"
EMAIL_PORT = _MAIL.port or (465 if _MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER = unquote(_MAIL.username or "")
EMAIL_HOST_PASSWORD = unquote(_MAIL.password or "")
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_USE_TLS = _MAIL.scheme == "smtp"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENV.email_from or f"{SITE_NAME} <no-reply@{ENV.host}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- push ---------------------------------------------------------------------------------------------------------

VAPID_PRIVATE_KEY = ENV.vapid_private_key
_MAKERS = "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com"
PUSH_HOSTS = [host.strip().lower() for host in (ENV.push_hosts or _MAKERS).split(",") if host.strip()]
PUSH_CONTACT = f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}"  # whom a push service writes to when we misbehave

# --- watching -----------------------------------------------------------------------------------------------------

LOGGING = logging_settings(json=PRODUCTION, level="WARNING" if TESTING else ENV.log_level)
METRICS_TOKEN = ENV.metrics_token
if ENV.sentry_dsn:
    start_sentry(ENV.sentry_dsn, environment=ENV.planet_mode)
