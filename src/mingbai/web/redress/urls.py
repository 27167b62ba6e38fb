"""Where a refused call leads."""

from __future__ import annotations

from django.urls import path, register_converter

from mingbai.web.redress import views


class Verdict:
    """A verdict's id: journal segment and row."""

    regex = r"[0-9a-f]{32}-[0-9]{1,8}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Verdict, "verdict")

app_name = "redress"
urlpatterns = [
    path("certificate.pem", views.certificate, name="certificate"),
    path("<verdict:verdict>.jws", views.signed_card, name="card"),
    path("<verdict:verdict>", views.page, name="page"),
    path("<verdict:verdict>/look", views.look, name="look"),
    path("<verdict:verdict>/appeal", views.appeal, name="appeal"),
    path("<verdict:verdict>.tlog-proof", views.receipt, name="receipt"),
]
