from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mingbai.web"
    label = "web"

    def ready(self) -> None:
        from mingbai.web.enterprise import work

        work.register()
