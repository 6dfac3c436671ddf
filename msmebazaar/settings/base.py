"""Settings shared by every environment. The environment is read through `env` only; `.env.example` lists all of it."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from kombu import Queue

from msmebazaar.core.beat import Every
from msmebazaar.settings import env

# Arithmetic libraries read these when they are first imported, which is after the settings. Their threads spin while they
# wait and are in each other's way on shared cores: a process has one, and there are several processes.
for variable, value in (("OMP_NUM_THREADS", "1"), ("OPENBLAS_NUM_THREADS", "1"), ("OMP_WAIT_POLICY", "PASSIVE")):
    os.environ.setdefault(variable, value)

BASE_DIR = Path(__file__).resolve().parents[2]
ENVIRONMENT = "base"
RELEASE = env.text("RELEASE", "dev")
DEBUG = False

SECRET_KEY = env.required("SECRET_KEY")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", [])
PUBLIC_BASE_URL = env.required("PUBLIC_BASE_URL").rstrip("/")

INSTALLED_APPS = [
    "adminpanel.apps.BazaarAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    "pgtrigger",
    "pghistory",
    "storages",
    "django_prometheus",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "msmebazaar.core",
    "accounts",
    "msme",
    "valuation",
    "matching",
    "whatsapp",
    "adminpanel.apps.AdminpanelConfig",
]

MIDDLEWARE = [
    "msmebazaar.core.http.middleware.RequestContextMiddleware",  # outermost: request id, access log
    "msmebazaar.core.http.measuring.BeforeMiddleware",
    "msmebazaar.core.replica.ChangesMiddleware",
    "msmebazaar.core.http.middleware.ExceptionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "msmebazaar.core.http.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "msmebazaar.core.http.measuring.AfterMiddleware",
]

ROOT_URLCONF = "msmebazaar.urls"
WSGI_APPLICATION = "msmebazaar.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # adminpanel's before those of the admin and of allauth, which it extends; its app stands last, on top of the stack
        "DIRS": [BASE_DIR / "msmebazaar" / "templates", BASE_DIR / "adminpanel" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database -------------------------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {"default": {**env.database("DATABASE_URL"), "CONN_HEALTH_CHECKS": True}}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["connect_timeout"] = 3
DATABASE_BEHIND_POOLER = env.boolean("DATABASE_BEHIND_POOLER", default=False)
if DATABASE_BEHIND_POOLER:  # PgBouncer in transaction mode: nothing may belong to a session (`deploy/postgres`)
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
else:
    DATABASES["default"]["OPTIONS"]["options"] = (
        "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=60000"
    )
if env.boolean("DATABASE_POOL", default=False):
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    # With CONN_HEALTH_CHECKS the pool tries a connection before it hands it out, so that a database that was started
    # again is used at once instead of failing one request per connection of before.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 2, "max_size": 12, "timeout": 5}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
if env.optional("DATABASE_REPLICA_URL"):  # a streaming replica, for reads that may be a little old (`core.replica`)
    DATABASES["replica"] = {
        **DATABASES["default"],
        **env.database("DATABASE_REPLICA_URL"),
        "OPTIONS": {**DATABASES["default"]["OPTIONS"], "connect_timeout": 1},
        "TEST": {"MIRROR": "default"},
    }
    if "pool" in DATABASES["replica"]["OPTIONS"]:
        DATABASES["replica"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 12, "timeout": 1}
    DATABASE_ROUTERS = ["msmebazaar.core.replica.Router"]

# --- cache, rate limits, broker, live news: one Redis or Valkey, databases of it ------------------------------------
REDIS_URL = env.required("REDIS_URL").rstrip("/")
REDIS_BROKER_URL, REDIS_CACHE_URL, REDIS_LIMITS_URL = (f"{REDIS_URL}/{number}" for number in (0, 1, 2))
REDIS_CACHE_URL = env.text("REDIS_CACHE_URL", REDIS_CACHE_URL)  # one of its own may evict; the broker's must not
REDIS_LIVE_URL = REDIS_LIMITS_URL  # pub/sub knows no databases
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_CACHE_URL,
        "KEY_PREFIX": "bazaar",
        "OPTIONS": {
            "CLIENT_CLASS": "msmebazaar.core.cache.CautiousClient",
            "SOCKET_CONNECT_TIMEOUT": 0.05,
            "SOCKET_TIMEOUT": 0.1,
            "IGNORE_EXCEPTIONS": True,
        },
    }
}

CELERY_BROKER_URL = REDIS_BROKER_URL
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # with the next line; either alone loses tasks (measured, ADR 0002)
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_TIME_LIMIT = 60  # below the visibility timeout, or a long task would run twice
CELERY_VISIBILITY_TIMEOUT_S = 120
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT_S,
    "unacked_restore_interval": 5,  # without these two, tasks of a killed worker
    "unacked_restore_throttle": 1,  # waited for up to an hour
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 30,
}
CELERY_VISIBILITY_TIMEOUT = CELERY_VISIBILITY_TIMEOUT_S
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = False
QUEUES = ("default", "messages", "valuation", "matching", "ai")  # a queue has a worker: a slow model holds up only `ai`
CELERY_TASK_QUEUES = [Queue(name) for name in QUEUES]
CELERY_TIMEZONE = "UTC"
# Unset, Celery ends the database's connection before and after every task: a new backend with cold caches each time, a third
# of what a WhatsApp answer cost. `msmebazaar.celery` drops what is old or broken, as between two requests.
CELERY_DB_REUSE_MAX = 1000
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep the outbox": {"task": "core.sweep_outbox", "schedule": Every(2.0), "options": {"expires": 10}},
    **{
        f"heartbeat {queue}": {
            "task": "core.record_heartbeat",
            "schedule": Every(10.0),
            "kwargs": {"queue": queue},
            "options": {"queue": queue, "expires": 30},
        }
        for queue in QUEUES
    },
    "seal the audit": {"task": "core.seal_audit", "schedule": Every(10.0), "options": {"expires": 9}},
    "count by day": {"task": "adminpanel.count_measures", "schedule": Every(30.0), "options": {"expires": 25}},
    "assign what waits": {"task": "adminpanel.assign_waiting", "schedule": Every(60.0), "options": {"expires": 50}},
    "remind of tasks": {"task": "adminpanel.remind", "schedule": Every(60.0), "options": {"expires": 50}},
    "remove what is past its time": {
        "task": "core.apply_retention",
        "schedule": Every(3600.0),
        "options": {"expires": 600},
    },
    "ask whether listings are still offered": {
        "task": "msme.keep_listings_fresh",
        "schedule": Every(3600.0),
        "options": {"expires": 600},
    },
    "sweep the store": {"task": "msme.sweep_files", "schedule": Every(900.0), "options": {"expires": 600}},
    "tell of new listings": {"task": "msme.tell_of_new_listings", "schedule": Every(60.0), "options": {"expires": 50}},
    "widen or narrow places and industries": {
        "task": "msme.refresh_stale",
        "schedule": Every(600.0),
        "options": {"expires": 300},
    },
    "match what missed its moment": {
        "task": "matching.keep_matches_fresh",
        "schedule": Every(300.0),
        "options": {"queue": "matching", "expires": 240},
    },
    "keep the clock of introductions": {
        "task": "matching.keep_the_clock",
        "schedule": Every(30.0),
        "options": {"expires": 25},
    },
    "tell of new matches": {
        "task": "matching.tell_of_new_matches",
        "schedule": Every(60.0),
        "options": {"expires": 50},
    },
    "end old mandates": {"task": "matching.expire_mandates", "schedule": Every(3600.0), "options": {"expires": 600}},
    "remind those who stopped in the middle": {
        "task": "whatsapp.nudge",
        "schedule": Every(60.0),
        "options": {"queue": "messages", "expires": 50},
    },
    "compare messages with the vendor's list": {
        "task": "whatsapp.reconcile",
        "schedule": Every(3600.0),
        "options": {"queue": "messages", "expires": 1800},
    },
    "drop expired badges": {"task": "accounts.expire_badges", "schedule": Every(600.0), "options": {"expires": 300}},
}

# --- vendors: None = off; half-set = a system-check error at start --------------------------------------------------
TWILIO = env.twilio()
OPENAI = env.openai()
EMBEDDER = env.text("EMBEDDER", "openai" if OPENAI else "local")  # who turns texts into vectors
OBJECT_STORE = env.object_store()
EMAIL = env.email()
EMAIL_TIMEOUT = 5
DEV_MAILBOX_URL = env.text("DEV_MAILBOX_URL", "")  # where the mail stand-in lists what it took; for the phone simulator
DEFAULT_FROM_EMAIL = EMAIL.sender if EMAIL else "MSMEBazaar <no-reply@localhost>"
EMAIL_HOST, EMAIL_PORT = (EMAIL.host, EMAIL.port) if EMAIL else ("", 0)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (EMAIL.user, EMAIL.password) if EMAIL else ("", "")
EMAIL_USE_TLS = bool(EMAIL and EMAIL.use_tls)
# ClamAV, as tcp://host:3310 or unix:///run/clamav/clamd.ctl; "" = off. Where a scan is required and nobody scans, files wait.
CLAMD_ADDRESS = env.text("CLAMD_ADDRESS", "")
SCAN_REQUIRED = False
STAFF_OIDC = env.staff_oidc()
HALF_SET_GROUPS = tuple(env.half_set_groups)

STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if OBJECT_STORE is not None:
    STORAGES["default"] = {
        "BACKEND": "msmebazaar.integrations.s3.TimeLimitedS3Storage",
        "OPTIONS": {
            "bucket_name": OBJECT_STORE.bucket,
            "access_key": OBJECT_STORE.access_key_id,
            "secret_key": OBJECT_STORE.secret_access_key,
            "endpoint_url": OBJECT_STORE.endpoint_url,
            "region_name": OBJECT_STORE.region,
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": 60,
            "file_overwrite": False,
        },
    }

# --- tokens, one-time codes, encryption -----------------------------------------------------------------------------
JWT_SIGNING_KEY = env.required("JWT_SIGNING_KEY")
JWT_ISSUER = "msmebazaar"
JWT_AUDIENCE = "msmebazaar-api"
ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)
REFRESH_TOKEN_LIFETIME = timedelta(days=30)
LOGIN_LINK_LIFETIME = timedelta(minutes=30)
OTP_PEPPER = env.required("OTP_PEPPER")
OTP_LIFETIME = timedelta(minutes=5)
OTP_TRIES = 5
OTP_RESEND_AFTER = timedelta(seconds=30)
OTP_SENDS_PER_PHONE = "3/10minutes"
OTP_SENDS_PER_PHONE_A_DAY = "10/day"
OTP_PROVIDER = env.choice("OTP_PROVIDER", ["own", "twilio_verify"], "own")
INTRODUCTIONS_PER_ORGANISATION = env.text("INTRODUCTIONS_PER_ORGANISATION", "50/day")
OTP_SENDS_PER_NETWORK = env.text("OTP_SENDS_PER_NETWORK", "30/10minutes")
WHATSAPP_PACE = env.text("WHATSAPP_PACE", "80/second")  # what WhatsApp takes from one sender; raised with its tier
FACET_COUNTS_HOLD_S = 30  # counts on the market are for orientation
INVITATION_LIFETIME = timedelta(days=7)
# How long a badge holds, by tier: a phone number changes hands, documents and funds age.
BADGE_LIFETIMES = {0: timedelta(days=365), 1: timedelta(days=365), 2: timedelta(days=365), 3: timedelta(days=90)}
FIELD_ENCRYPTION_KEYS = env.encryption_keys("FIELD_ENCRYPTION_KEYS")
BLIND_INDEX_KEY = env.required("BLIND_INDEX_KEY")

# --- staff sign-in (django-allauth): password or the operator's OpenID Connect, then a second factor; rules in adminpanel
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "admin:index"
SESSION_COOKIE_AGE = 15 * 60  # idle; only staff have such sessions
SESSION_SAVE_EVERY_REQUEST = True
ACCOUNT_ADAPTER = "adminpanel.signin.StaffAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # step-up holds five minutes
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PRESERVE_USERNAME_CASING = False
MFA_ADAPTER = "adminpanel.signin.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # staff have no email address here
MFA_TOTP_ISSUER = "MSMEBazaar"
SOCIALACCOUNT_ADAPTER = "adminpanel.signin.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [STAFF_OIDC.as_allauth_app()] if STAFF_OIDC else [],
    }
}

# --- HTTP -----------------------------------------------------------------------------------------------------------
REQUEST_BODY_LIMIT = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_BODY_LIMIT
TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)  # how many X-Forwarded-For entries our own proxies add
API_RATE_LIMIT = env.text("API_RATE_LIMIT", "1200/minute")  # per user, or per network when nobody is logged in
STREAM_RATE_LIMIT = "60/minute"  # how often one person may open the live stream
CSRF_FAILURE_VIEW = "msmebazaar.core.http.pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CORS_ALLOWED_ORIGINS = env.names("CORS_ALLOWED_ORIGINS", [])
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = ("accept", "accept-language", "authorization", "content-type", "idempotency-key", "x-request-id")
CORS_EXPOSE_HEADERS = ("x-request-id", "retry-after", "idempotent-replayed")
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS", [])
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "msmebazaar" / "static"]
STATIC_ROOT: Path | None = BASE_DIR / "staticfiles"

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["msmebazaar.core.http.renderers.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "msmebazaar.core.http.renderers.AlwaysJSON",
    "DEFAULT_PAGINATION_CLASS": "msmebazaar.core.http.pagination.KeysetPagination",
    "DEFAULT_THROTTLE_CLASSES": ["msmebazaar.core.http.throttling.ApiThrottle"],
    "DEFAULT_SCHEMA_CLASS": "msmebazaar.core.http.schema.BazaarSchema",
    "EXCEPTION_HANDLER": "msmebazaar.core.http.handler.handle_exception",
    "PAGE_SIZE": 25,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "MSMEBazaar API",
    "DESCRIPTION": (
        "Valuation, listing and matching for India's micro, small and medium enterprises.\n\n"
        "Every answer is an envelope: `success`, `message`, `data`, `error`, `request_id`. `error` is an RFC 9457 problem "
        "with a stable `code`. Amounts are INR, decimal strings in rupees. Log in with `POST /api/v1/auth/otp/` and "
        "`POST /api/v1/auth/token/`, then send `Authorization: Bearer <access>`. Creating calls take an `Idempotency-Key`."
    ),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": False,
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]+",
    "ENUM_NAME_OVERRIDES": {
        "ListingStatusEnum": "msme.types.ListingStatus",
        "ValuationStatusEnum": "valuation.types.ValuationStatus",
        "ValuationPurposeEnum": "valuation.types.ValuationPurpose",
        "SourceEnum": "msme.types.FigureSource",
        "NarrativeSourceEnum": "valuation.types.NarrativeSource",
        "ConsentPurposeEnum": "accounts.types.Purpose",
        "MandateStatusEnum": "matching.types.MandateStatus",
        "IntentEnum": "msme.types.Intent",
        "MandateKindEnum": "matching.types.MandateKind",
        "SettableMandateStatusEnum": "matching.serializers.mandates.SETTABLE",
        "FrequencyEnum": "msme.types.Frequency",
        "SaleReasonEnum": "msme.types.SaleReason",
        "RefusalReasonEnum": "matching.types.RefusalReason",
        "FeedbackKindEnum": "matching.types.FeedbackKind",
        "SideEnum": "matching.types.Side",
        "ReasonSideEnum": "matching.serializers.matches.SIDES",
        "DeclineReasonEnum": "matching.serializers.introductions.DECLINE_REASONS",
        "IntroductionStateEnum": "matching.types.IntroductionState",
        "LetterStateEnum": "matching.types.LetterState",
        "CollateralEnum": "msme.types.Collateral",
        "LanguageEnum": "accounts.types.Language",
        "IdentityKindEnum": "accounts.types.IdentityKind",
        "AddressKindEnum": "accounts.serializers.login.ADDABLE",
        "PhoneChannelEnum": "accounts.serializers.login.PHONE_CHANNELS",
        "OrganisationKindEnum": "accounts.types.OrganisationKind",
        "MarketRoleEnum": "accounts.types.MarketRole",
        "MemberRoleEnum": "accounts.types.MemberRole",
        "InvitationStateEnum": "accounts.types.InvitationState",
        "AdvisorMandateStateEnum": "accounts.types.AdvisorMandateState",
        "TierEnum": "accounts.types.Tier",
        "AskableTierEnum": "accounts.serializers.organisations.ASKABLE_TIERS",
        "RequestStateEnum": "accounts.types.RequestState",
        "ConsentChannelEnum": "accounts.types.ConsentChannel",
        "NotificationChannelEnum": "accounts.types.NotificationChannel",
        "DataRequestKindEnum": "accounts.types.DataRequestKind",
        "DocumentKindEnum": "msme.types.DocumentKind",
        "DocumentStateEnum": "msme.types.DocumentState",
        "DocumentLevelEnum": "msme.serializers.documents.SHOWN_AT",
        "AddBackKindEnum": "msme.types.AddBackKind",
        "ImportStateEnum": "msme.types.ImportState",
        "ExportStateEnum": "accounts.types.ExportState",
        "PaperReviewEnum": "msme.types.PaperReview",
        "PaperReasonEnum": "msme.types.PaperReason",
        "ReportReasonEnum": "matching.types.ReportReason",
        "ReportStateEnum": "matching.types.ReportState",
        "SheetStateEnum": "adminpanel.types.SheetState",
        "SheetFormatEnum": "adminpanel.types.SheetFormat",
        "PeriodEnum": "adminpanel.serializers.PERIOD_CHOICES",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "msmebazaar.core.http.schema.wrap_in_envelope",
    ],
}

# --- language, time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "हिन्दी")]
LOCALE_PATHS = [BASE_DIR / "msmebazaar" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"

# --- logs: one JSON object a line, only fields of the allow-list (msmebazaar.core.logging) ---------------------------
LOGGING_CONFIG = "msmebazaar.core.logging.configure"
LOGGING = {"level": env.text("LOG_LEVEL", "INFO")}

# --- metrics, traces, errors: the last two are off until they have an address -----------------------------------------
PROMETHEUS_EXPORT_MIGRATIONS = False
# Which promise of latency an address falls under (docs/operations.md); the first prefix that fits counts.
LATENCY_GROUPS = (
    ("/health/", "health"),
    ("/api/v1/auth/", "auth"),
    ("/api/v1/me/", "profile"),
    ("/api/v1/businesses/", "profile"),
    ("/api/v1/mandates/", "match"),
    ("/api/v1/valuations/", "valuation"),
    ("/api/v1/listings/", "market"),
    ("/api/v1/whatsapp/", "webhook"),
    ("/api/v1/admin/", "staff"),
    ("/admin/", "staff"),
    ("/staff/", "staff"),
    ("/static/", "static"),
    ("/metrics", "health"),
)
METRICS_PORT = env.integer("METRICS_PORT", 0)  # where a worker that shares no folder with a web server shows its own
if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(folder).mkdir(parents=True, exist_ok=True)
TRACES_ENDPOINT = env.text("OTEL_EXPORTER_OTLP_ENDPOINT", "")
TRACES_RATIO = float(env.text("TRACES_RATIO", "1"))
SENTRY_DSN = env.text("SENTRY_DSN", "")
PROMETHEUS_LATENCY_BUCKETS = (0.005, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, float("inf"))
