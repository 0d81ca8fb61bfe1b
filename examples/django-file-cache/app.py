"""Datasets that take their time, kept in files by Django's FileBasedCache.

MAX_ENTRIES is the setting of that name; Django's default is 300, whatever the time-out.
"""
import os
import sys
from urllib.request import urlopen

import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="no sessions, nothing to sign",
    CACHES={
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": os.environ["FOLDER"],
            "TIMEOUT": 365 * 24 * 60 * 60,
            "OPTIONS": {"MAX_ENTRIES": int(os.environ["MAX_ENTRIES"])},
        }
    },
)
django.setup()

from django.core.cache import cache  # noqa: E402: it needs the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402


def dataset(request, name):
    status = "hit"
    data = cache.get(name)
    if data is None:
        with urlopen(f"{os.environ['ORIGIN']}/{name}") as origin:
            data = origin.read()
        cache.set(name, data)
        status = "fwd=miss; stored"
    response = HttpResponse(data)
    response["Cache-Status"] = f"django; {status}"
    return response


urlpatterns = [path("", lambda request: HttpResponse("not cached\n")), path("data/<name>", dataset)]
application = get_wsgi_application()

if __name__ == "__main__":  # app.py N stores N datasets that nobody will ask for
    cache._cull = lambda: None  # or it would count N files N times
    for i in range(int(sys.argv[1])):
        cache.set(f"old:{i}", "x" * 1000)
