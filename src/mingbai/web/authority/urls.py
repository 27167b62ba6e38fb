"""An authority's pages."""

from __future__ import annotations

from django.urls import path

from mingbai.web.authority import views

app_name = "authority"
urlpatterns = [
    path("", views.home, name="home"),
    path("directives/new/", views.direct, name="direct"),
    path("directives/<int:directive>/", views.directive, name="directive"),
    path("reports/", views.report, name="report"),
]
