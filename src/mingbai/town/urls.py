"""Routes of the handset; included by settings.demo_urls and nowhere else."""

from __future__ import annotations

from django.urls import path

from mingbai.town import views

app_name = "town"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:person>/", views.phone, name="phone"),
    path("<int:person>/screen/", views.screen, name="screen"),
    path("<int:person>/ring/", views.ring, name="ring"),
    path("<int:person>/reply/", views.reply, name="reply"),
    path("<int:person>/offer/", views.offer, name="offer"),
    path("<int:person>/report/", views.report, name="report"),
    path("<int:person>/stop/", views.stop, name="stop"),
]
