"""A firm's compliance desk."""

from __future__ import annotations

from django.urls import include, path

from mingbai.web.enterprise import files, keys, measures, offers, signing, views

app_name = "enterprise"
urlpatterns = [
    path("", views.home, name="home"),
    path("numbers/", views.numbers_held, name="numbers"),
    path("whitelist/", files.whitelist, name="whitelist"),
    path("whitelist.csv", views.export, name="export"),
    path("scrub/", files.scrub_list, name="scrub"),
    path("jobs/<slug:ident>/", files.job, name="job"),
    path("jobs/<slug:ident>/state/", files.job_state, name="job_state"),
    path("jobs/<slug:ident>/output/", files.job_output, name="job_output"),
    path("jobs/<slug:ident>/report.csv", files.job_report, name="job_report"),
    path("refusals/", views.refusals, name="refusals"),
    path("proofs/", views.proofs, name="proofs"),
    path("proofs/<int:request_id>/", views.show_proof, name="show_proof"),
    path("calls/<slug:receipt_id>.tlog-proof", views.attempt_receipt, name="attempt_receipt"),
    path("statistics/", views.statistics, name="statistics"),
    path("offers/", offers.listed, name="offers"),
    path("offers/<int:order>/", offers.one, name="offer"),
    path("offers/<int:order>/cancel/", offers.cancel, name="offer_cancel"),
    path("applications/", include("mingbai.web.enterprise.admission.urls")),
    path("offers/<int:order>/sign/", signing.sign, name="offer_sign"),
    path("offers/<int:order>/sign/code/", signing.code, name="offer_sign_code"),
    path("offers/<int:order>/sign/show/", signing.show, name="offer_sign_show"),
    path("offers/<int:order>/signed/", signing.signed, name="offer_signed"),
    path("measures/", measures.listed, name="measures"),
    path("measures/<int:notice>/", measures.one, name="measure"),
    path("measures/questions/<int:question>/", measures.answer, name="measure_answer"),
    path("keys/", keys.keys, name="keys"),
    path("keys/label-hook/", keys.label_hook, name="label_hook"),
    path("keys/<int:key>/revoke/", keys.revoke, name="revoke"),
]
