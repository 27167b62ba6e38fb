"""A subscriber's pages."""

from __future__ import annotations

from django.urls import path

from mingbai.web.my import access, blocking, measures, notices, orders, reports, signing, views

app_name = "my"
urlpatterns = [
    path("", views.home, name="home"),
    path("login/", access.login, name="login"),
    path("code/", access.code, name="code"),
    path("logout/", access.logout, name="logout"),
    path("stop/", views.stop, name="stop"),
    path("stop-all/", views.stop_all, name="stop_all"),
    path("dispute/", views.dispute, name="dispute"),
    path("give/<int:firm>/", views.give, name="give"),
    path("calls/", views.calls, name="calls"),
    path("blocks/", blocking.blocks, name="blocks"),
    path("blocks/add/", blocking.block, name="block"),
    path("blocks/lift/", blocking.unblock, name="unblock"),
    path("record/", views.record, name="record"),
    path("record/<int:entry>.tlog-proof", views.receipt, name="receipt"),
    path("record/<int:entry>/print/", views.printed, name="printed"),
    path("consents/<int:consent>.tlog-proof", views.consent_receipt, name="consent_receipt"),
    path("calls/<slug:receipt_id>.tlog-proof", views.attempt_receipt, name="attempt_receipt"),
    path("notices/", notices.listed, name="notices"),
    path("notices/wishes/", notices.wishes, name="wishes"),
    path("reports/", reports.listed, name="reports"),
    path("reports/call/", reports.call, name="report_call"),
    path("reports/<int:report>/", reports.one, name="report"),
    path("reports/<int:report>/evidence/", reports.evidence, name="report_evidence"),
    path("reports/<int:report>.tlog-proof", reports.receipt, name="report_receipt"),
    path("measures/", measures.listed, name="measures"),
    path("measures/<int:notice>/", measures.one, name="measure"),
    path("measures/questions/<int:question>/", measures.answer, name="measure_answer"),
    path("orders/", orders.listed, name="orders"),
    path("orders/<int:order>/", orders.one, name="order"),
    path("orders/<int:order>/code/", orders.code, name="order_code"),
    path("orders/<int:order>/confirm/", orders.confirm, name="order_confirm"),
    path("orders/<int:order>/sign/", signing.sign, name="order_sign"),
    path("orders/<int:order>/sign/code/", signing.code, name="order_sign_code"),
    path("orders/<int:order>/sign/show/", signing.show, name="order_sign_show"),
    path("orders/<int:order>/signed.pdf", signing.paper, name="order_signed"),
    path("orders/<int:order>/decline/", orders.decline, name="order_decline"),
    path("orders/<int:order>/leave/", orders.withdraw, name="order_leave"),
    path("orders/<int:order>/evidence.zip", orders.evidence, name="order_evidence"),
    path("orders/<int:order>/evidence.pdf", orders.as_pdf, name="order_pdf"),
    path("orders/new/<int:plan>/", orders.ask, name="order_ask"),
    path("consents.csv", views.export, name="export"),
]
