"""资费公示专区: the disclosure zone, without log-in."""

from __future__ import annotations

from django.urls import path

from mingbai.web.tariffs import choosing, files, views

app_name = "tariffs"
urlpatterns = [
    path("", views.listed, name="list"),
    path("compare/", choosing.compare, name="compare"),
    path("cheapest/", choosing.cheapest, name="cheapest"),
    path("tariffs.csv", files.as_csv, name="csv"),
    path("tariffs.json", files.as_json, name="json"),
    path("<int:plan>/", views.one, name="one"),
    path("<int:plan>/summary.pdf", files.as_pdf, name="pdf"),
    path("<int:plan>/history/", views.history, name="history"),
    path("<int:plan>/receipt/<int:version>/", views.receipt, name="receipt"),
]
