"""Routes of the faces."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.i18n import set_language

from mingbai.web.api import views as api
from mingbai.web.phoneblock import views as phoneblock
from mingbai.web.staff import views as staff

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("mingbai.web.public.urls")),
    path("language/", set_language, name="language"),
    path("login/", staff.login, name="login"),
    path("logout/", staff.logout, name="logout"),
    path("my/", include("mingbai.web.my.urls")),
    path("enterprise/", include("mingbai.web.enterprise.urls")),
    path("console/", include("mingbai.web.console.urls")),
    path("authority/", include("mingbai.web.authority.urls")),
    path("redress/", include("mingbai.web.redress.urls")),
    path("tariffs/", include("mingbai.web.tariffs.urls")),
    path("tmf-api/productCatalogManagement/v4/", include("mingbai.web.tariffs.tmf")),
    path("log/", include("mingbai.web.log")),
    path("phoneblock/api/", phoneblock.api.urls),
    re_path(r"^phoneblock/api/(?P<rest>[\s\S]*)\Z", phoneblock.unknown),
    path("api/v1/docs", api.docs, name="api-docs"),
    path("api/v1/", api.api.urls),
    path("api/", api.unknown),
    re_path(r"^api/(?P<rest>[\s\S]*)\Z", api.unknown),  # whatever stands there, line breaks too
]
