"""Pages for anyone."""

from __future__ import annotations

from django.urls import path

from mingbai.web.public import views

urlpatterns = [
    path("", views.home, name="home"),
    path("number/", views.number, name="number"),
    path("receipt/", views.receipt, name="receipt"),
    path("log/", views.log, name="log"),
    path("theme/", views.theme, name="theme"),
]
