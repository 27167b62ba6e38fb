"""A subscriber's pages."""

from __future__ import annotations

from django.urls import path

from mingbai.web.my import access, blocking, notices, orders, views

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
    path("orders/", orders.listed, name="orders"),
    path("orders/<int:order>/", orders.one, name="order"),
    path("orders/<int:order>/code/", orders.code, name="order_code"),
    path("orders/<int:order>/confirm/", orders.confirm, name="order_confirm"),
    path("orders/<int:order>/decline/", orders.decline, name="order_decline"),
    path("orders/<int:order>/leave/", orders.withdraw, name="order_leave"),
    path("orders/<int:order>/evidence.zip", orders.evidence, name="order_evidence"),
    path("orders/<int:order>/evidence.pdf", orders.as_pdf, name="order_pdf"),
    path("orders/new/<int:plan>/", orders.ask, name="order_ask"),
    path("consents.csv", views.export, name="export"),
]
