"""Routes of cases."""

from __future__ import annotations

from django.urls import path

from mingbai.web.console.cases import acts, views

urlpatterns = [
    path("", views.listed, name="cases"),
    path("approvals/", views.approvals, name="approvals"),
    path("open/", acts.opened, name="case_open"),
    path("<int:case>/", views.one, name="case"),
    path("<int:case>/picture/", views.picture, name="case_picture"),
    path("<int:case>/foresee/", views.foresee, name="case_foresee"),
    path("<int:case>/take/", acts.take, name="case_take"),
    path("<int:case>/check/", acts.check, name="case_check"),
    path("<int:case>/sample/", acts.sample, name="case_sample"),
    path("<int:case>/ask/", acts.ask, name="case_ask"),
    path("<int:case>/find/", acts.find, name="case_find"),
    path("<int:case>/measure/", acts.measure, name="case_measure"),
    path("<int:case>/close/", acts.close, name="case_close"),
    path("<int:case>/hand-over/", acts.hand_over, name="case_hand_over"),
    path("evidence/<int:evidence>/", acts.see, name="case_evidence"),
    path("samples/<int:sample>/", acts.hear, name="case_hear"),
    path("measures/<int:measure>/approve/", acts.approve, name="measure_approve"),
    path("measures/<int:measure>/decline/", acts.decline, name="measure_decline"),
    path("measures/<int:measure>/lift/", acts.lift, name="measure_lift"),
]
