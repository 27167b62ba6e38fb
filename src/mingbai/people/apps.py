from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "mingbai.people"
    label = "people"
