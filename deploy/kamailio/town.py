"""What Kamailio's app_python3 loads in `mingbai demo`: the real gate, in the made town's time."""

from host import mod_init

from mingbai.town.store import set_clock

set_clock()

__all__ = ["mod_init"]
