"""资费公示专区: the disclosure zone, without log-in."""

from __future__ import annotations

from django.urls import path

from mingbai.web.tariffs import views

app_name = "tariffs"
urlpatterns = [
    path("", views.listed, name="list"),
    path("<int:plan>/", views.one, name="one"),
    path("<int:plan>/history/", views.history, name="history"),
    path("<int:plan>/receipt/<int:version>/", views.receipt, name="receipt"),
]
