"""The faces as a Django app: at start it says how the jobs of firms are done."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mingbai.web"
    label = "web"

    def ready(self) -> None:
        from mingbai.web.console.reports import feeds
        from mingbai.web.console.tariffs import work as tariffs
        from mingbai.web.enterprise import work

        feeds.register()
        work.register()
        tariffs.register()
