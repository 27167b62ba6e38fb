"""/phoneblock/api: labels as phone apps already read them, in the exact shape of the PhoneBlock API."""
