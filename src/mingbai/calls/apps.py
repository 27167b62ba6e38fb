from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "mingbai.calls"
    label = "calls"

    def ready(self) -> None:
        from mingbai.calls import events

        events.register()
