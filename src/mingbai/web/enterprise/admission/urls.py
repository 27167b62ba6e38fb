"""A firm's applications, contracts, and the chain of its own numbers."""

from __future__ import annotations

from django.urls import path

from mingbai.web.enterprise.admission import views

urlpatterns = [
    path("", views.listed, name="applications"),
    path("new/", views.new, name="application_new"),
    path("<int:application>/", views.one, name="application"),
    path("<int:application>/edit/", views.edit, name="application_edit"),
    path("<int:application>/change/", views.change, name="application_change"),
    path("<int:application>/do/", views.act, name="application_act"),
    path("<int:application>/contract/", views.contract, name="application_sign"),
    path("<int:application>/contract.pdf", views.pdf, name="application_contract"),
    path("papers/<int:document>/", views.paper, name="application_paper"),
    path("chain/", views.chain, name="chain"),
]
