"""A real installation's routes and the handset, which exists nowhere else."""

from django.urls import include, path

from mingbai.settings.urls import urlpatterns as real

urlpatterns = [*real, path("handset/", include("mingbai.town.urls"))]
