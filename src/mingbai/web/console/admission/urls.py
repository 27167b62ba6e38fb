"""Resources on the operator's console: applications, papers, doubts, entry, SIM orders, the chain."""

from __future__ import annotations

from django.urls import path

from mingbai.web.console.admission import applications, chain, entry, looks

urlpatterns = [
    path("", applications.listed, name="resources"),
    path("new/", applications.new, name="application_new"),
    path("<int:application>/", applications.one, name="application"),
    path("<int:application>/do/", applications.act, name="application_act"),
    path("<int:application>/contract.pdf", applications.contract, name="application_contract"),
    path("papers/<int:document>/", applications.paper, name="application_paper"),
    path("looks/", looks.listed, name="looks"),
    path("looks/<int:doubt>/", looks.settle, name="settle_doubt"),
    path("entry/", entry.listed, name="entry"),
    path("entry/likeness/<int:likeness>/", entry.decide, name="entry_decide"),
    path("entry/limit/", entry.limit, name="entry_limit"),
    path("entry/limit/<int:limit>/", entry.lift, name="entry_lift"),
    path("entry/identity/<int:organisation>/", entry.identify, name="entry_identify"),
    path("sims/", entry.sims, name="sims"),
    path("sims/<int:order>/", entry.decide_sims, name="sims_decide"),
    path("sims/places/", entry.list_place, name="sims_place"),
    path("sims/places/<int:place>/", entry.unlist_place, name="sims_unlist"),
    path("chain/", chain.chain, name="chain"),
    path("chain/<int:organisation>/", chain.hanging, name="hanging"),
]
