"""The operator's console."""

from __future__ import annotations

from django.urls import include, path

from mingbai.web.console import appeals, files, lists, notices, orders, people, sellers, views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("live/", views.live_part, name="live"),
    path("rules/", views.rules, name="rules"),
    path("search/", people.search, name="search"),
    path("subscribers/<int:subscriber>/", people.subscriber_file, name="subscriber"),
    path("numbers/", files.number_list, name="numbers"),
    path("numbers/import/", files.import_numbers, name="import"),
    path("numbers/<int:resource>/", files.number, name="number"),
    path("organisations/", files.organisations, name="organisations"),
    path("organisations/<int:organisation>/", files.organisation, name="organisation"),
    path("lists/<int:batch>/restore/", lists.restore, name="restore_list"),
    path("notices/", notices.listed, name="notices"),
    path("notices/<int:message>/", notices.one, name="notice"),
    path("appeals/", appeals.listed, name="appeals"),
    path("appeals/<int:appeal>/", appeals.one, name="appeal"),
    path("tariffs/", include("mingbai.web.console.tariffs.urls")),
    path("sellers/", sellers.listed, name="sellers"),
    path("sellers/<int:seller>/", sellers.one, name="seller"),
    path("orders/", orders.listed, name="orders"),
    path("orders/<int:order>/", orders.one, name="order"),
    path("orders/<int:order>/<int:entry>.tlog-proof", orders.receipt, name="order_receipt"),
    path("log/", views.evidence, name="evidence"),
]
