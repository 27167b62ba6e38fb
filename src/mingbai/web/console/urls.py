"""The operator's console."""

from __future__ import annotations

from django.urls import include, path

from mingbai.web.console import appeals, files, labels, lists, notices, orders, people, sellers, views
from mingbai.web.console.reports import feeds
from mingbai.web.console.reports import views as reported

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
    path("reports/", reported.listed, name="reports"),
    path("reports/clocks/", reported.clock_page, name="clocks"),
    path("reports/feeds/", feeds.feeds, name="feeds"),
    path("reports/feeds/answers/", feeds.answers, name="feed_answers"),
    path("reports/feeds/<slug:ident>/", feeds.job, name="feed_job"),
    path("reports/feeds/<slug:ident>/report.csv", feeds.job_report, name="feed_report"),
    path("reports/<int:report>/", reported.one, name="report"),
    path("directives/<int:directive>/", reported.directive, name="directive"),
    path("labels/", labels.listed, name="labels"),
    path("labels/<int:labelled>/", labels.one, name="label"),
    path("labels/<int:label>/end/", labels.end, name="label_end"),
    path("labels/corrections/<int:correction>/", labels.correction, name="correction"),
    path("findings/", include("mingbai.web.console.detection.urls")),
    path("cases/", include("mingbai.web.console.cases.urls")),
    path("tariffs/", include("mingbai.web.console.tariffs.urls")),
    path("sellers/", sellers.listed, name="sellers"),
    path("sellers/<int:seller>/", sellers.one, name="seller"),
    path("orders/", orders.listed, name="orders"),
    path("orders/<int:order>/", orders.one, name="order"),
    path("orders/<int:order>/paper/", orders.paper, name="order_paper"),
    path("orders/<int:order>/<int:entry>.tlog-proof", orders.receipt, name="order_receipt"),
    path("resources/", include("mingbai.web.console.admission.urls")),
    path("log/", views.evidence, name="evidence"),
]
