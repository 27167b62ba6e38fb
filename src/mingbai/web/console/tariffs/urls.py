"""Tariffs on the operator's console."""

from __future__ import annotations

from django.urls import path

from mingbai.web.console.tariffs import importing, many, simplify, views

urlpatterns = [
    path("", views.work, name="tariffs"),
    path("new/", views.new, name="tariff_new"),
    path("findings/", views.live_findings, name="tariff_findings"),
    path("import/", importing.import_file, name="tariff_import"),
    path("import/<str:ident>/", importing.job, name="tariff_job"),
    path("import/<str:ident>/state/", importing.job_state, name="tariff_job_state"),
    path("import/<str:ident>/report/", importing.job_report, name="tariff_job_report"),
    path("many/", many.act_on_many, name="tariffs_many"),
    path("simplify/", simplify.simplify, name="tariff_simplify"),
    path("plan/<int:plan>/edit/", views.edit_plan, name="tariff_edit"),
    path("plan/<int:plan>/withdraw/", views.withdraw, name="tariff_withdraw"),
    path("version/<int:version>/", views.version, name="tariff"),
    path("version/<int:version>/edit/", views.edit, name="tariff_draft"),
    path("version/<int:version>/do/", views.act, name="tariff_act"),
]
