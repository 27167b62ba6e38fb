"""What every installation shares. MINGBAI_HOME holds its state, DATABASE_URL switches to PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path

from mingbai.kernel.home import Home
from mingbai.settings.database import database

HOME = Home.from_environment()
SRC = Path(__file__).resolve().parent.parent

DEBUG = False
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [SRC / "web" / "locale"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"
ROOT_URLCONF = "mingbai.settings.urls"
WSGI_APPLICATION = "mingbai.settings.wsgi.application"
ALLOWED_HOSTS = os.environ.get("MINGBAI_HOSTS", "127.0.0.1,localhost").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("MINGBAI_ORIGINS", "").split(",") if origin]
PUBLIC_URL = os.environ.get("MINGBAI_PUBLIC_URL", "http://127.0.0.1:8000")
# How whoever disputes a refused call reaches the operator, beside the page: docs/redress.md.
REDRESS_EMAIL = os.environ.get("MINGBAI_REDRESS_EMAIL", "")
REDRESS_TEL = os.environ.get("MINGBAI_REDRESS_TEL", "")
# The operator's system that carries orders out (docs/orders.md); “sandbox” does as if; without one they wait.
FULFIL_URL = os.environ.get("MINGBAI_FULFIL_URL", "")
LABEL_HOOKS_LOOPBACK = False  # partners are told of corrections outside, never on this machine

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "mingbai.ledger",
    "mingbai.people",
    "mingbai.calls",
    "mingbai.numbers",
    "mingbai.tariffs",
    "mingbai.channels",
    "mingbai.notices",
    "mingbai.consent",
    "mingbai.orders",
    "mingbai.admission",
    "mingbai.cases",
    "mingbai.detection",
    "mingbai.gate.feed",
    "mingbai.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "mingbai.web.middleware.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mingbai.web.middleware.Problems",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mingbai.web.context.places",
            ],
        },
    },
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), HOME)}

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # each room brings its files along; nothing is collected anywhere

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
