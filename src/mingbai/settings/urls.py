"""Every route of a real installation."""

from django.urls import include, path

urlpatterns = [
    path("", include("mingbai.web.urls")),
]
