from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "mingbai.numbers"
    label = "numbers"
