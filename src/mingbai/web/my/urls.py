"""A subscriber's pages."""

from __future__ import annotations

from django.urls import path

from mingbai.web.my import access

app_name = "my"
urlpatterns = [
    path("", access.login, name="home"),
    path("login/", access.login, name="login"),
    path("code/", access.code, name="code"),
    path("logout/", access.logout, name="logout"),
]
