"""Django behind an nginx that looks for pages in memcached by itself.

Django only stores: a page that it has rendered goes to memcached under the MD5 of host and
URI, where nginx looks for it before it asks Django.
"""
import hashlib
import os
from urllib.request import urlopen

import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="no sessions, nothing to sign",
    MIDDLEWARE=[__name__ + ".store_page"],
    CACHES={
        "default": {
            "BACKEND": "django.core.cache.backends.memcached.PyLibMCCache",
            "LOCATION": os.environ["MEMCACHED"],
            "KEY_FUNCTION": lambda key, prefix, version: key,  # nginx knows no prefix and no version
            "OPTIONS": {"behaviors": {"connect_timeout": 100, "_poll_timeout": 100}},
        }
    },
)
django.setup()

from django.core.cache import cache  # noqa: E402: it needs the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402

LIFE = 20  # seconds


def store_page(get_response):
    def middleware(request):
        response = get_response(request)
        if response.status_code == 200 and request.path.startswith("/pages/"):
            uri = request.META["HTTP_HOST"].split(":")[0] + request.META["RAW_URI"]
            try:
                cache.set(hashlib.md5(uri.encode()).hexdigest(), response.content, LIFE)
            except Exception:  # the page is there; memcached is not
                pass
        return response

    return middleware


def page(request, name):
    with urlopen(f"{os.environ['ORIGIN']}/{name}") as origin:
        return HttpResponse(origin.read())


urlpatterns = [path("", lambda request: HttpResponse("not cached\n")), path("pages/<name>", page)]
application = get_wsgi_application()
