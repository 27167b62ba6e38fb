"""Routes of detection. Who a finding is about is named by the finding's id, never by a pseudonym."""

from __future__ import annotations

from django.urls import path

from mingbai.web.console.detection import acts, finding, holders, listing, runs, sets

urlpatterns = [
    path("", listing.listed, name="findings"),
    path("many/", acts.many, name="findings_many"),
    path("campaigns/", listing.campaigns, name="campaigns"),
    path("campaigns/<str:campaign>/", listing.campaign, name="campaign"),
    path("holders/", holders.listed, name="holder_map"),
    path("days/", holders.days, name="detected_days"),
    path("rules/", sets.listed, name="rule_sets"),
    path("rules/new/", sets.new, name="rule_set_new"),
    path("rules/<int:rules>/", sets.one, name="rule_set"),
    path("rules/<int:rules>/run/", sets.run, name="rule_set_run"),
    path("rules/<int:rules>/live/", sets.live, name="rule_set_live"),
    path("rules/<int:rules>/drop/", sets.drop, name="rule_set_drop"),
    path("runs/<int:run>/", runs.one, name="shadow_run"),
    path("runs/<int:run>/state/", runs.state, name="shadow_state"),
    path("<int:finding>/", finding.one, name="finding"),
    path("<int:finding>/number/", finding.number, name="finding_number"),
    path("<int:finding>/case/", acts.to_case, name="finding_case"),
    path("<int:finding>/dismiss/", acts.dismiss, name="finding_dismiss"),
]
