"""Pages for anyone."""

from __future__ import annotations

from django.urls import path

from mingbai.web.public import corrections, views
from mingbai.web.reporting import views as reporting

urlpatterns = [
    path("", views.home, name="home"),
    path("number/", views.number, name="number"),
    path("number/wrong/", corrections.wrong, name="wrong_label"),
    path("receipt/", views.receipt, name="receipt"),
    path("log/", views.log, name="log"),
    path("report/", reporting.form, name="report"),
    path("report/code/", reporting.code, name="report_code"),
    path("report/follow/", reporting.follow, name="follow"),
    path("theme/", views.theme, name="theme"),
]
