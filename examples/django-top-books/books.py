"""The page of an author's best-selling books, which takes seconds to compute, in Django.

VERSION is how it is cached, as one team went through them:

    v1  not at all
    v2  cache-aside: look, compute, store
    v3  a lock in Redis; who does not get it is refused
    v4  a fresh time-out besides: who does not get the lock is served the old list
    v5  the library that came of it, in which everybody waits for the lock
"""
import json
import os
import time
from urllib.request import urlopen

import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from redis.exceptions import LockError

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="no sessions, nothing to sign",
    CACHES={"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": os.environ["REDIS_URL"]}},
)
django.setup()

from django.core.cache import cache  # noqa: E402: it needs the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402

ORIGIN = os.environ["ORIGIN"]
FRESH = int(os.environ.get("FRESH", 60 * 60))  # seconds after which v4 and v5 compute anew
TIMEOUT = int(os.environ.get("TIMEOUT", 24 * 60 * 60))  # seconds after which a list is gone


class ColdCache(Exception):
    """There is no list, and another worker computes it."""


def compute(author):
    """Stands for the query that takes seconds."""
    with urlopen(f"{ORIGIN}/{author}") as response:
        return response.read().decode()


def v1(author):
    return compute(author), "fwd=bypass"


def v2(author):
    books = cache.get(author)
    if books is not None:
        return books, "hit"
    books = compute(author)
    cache.set(author, books, TIMEOUT)
    return books, "fwd=miss; stored"


def v3(author):
    books = cache.get(author)
    if books is not None:
        return books, "hit"
    try:
        with cache.lock(f"lock:{author}", timeout=60, blocking_timeout=0):
            books = compute(author)
    except LockError:
        raise ColdCache
    cache.set(author, books, TIMEOUT)
    return books, "fwd=miss; stored"


def v4(author):
    known = cache.get(author)
    if known:
        books, computed = json.loads(known)
        if time.time() - computed < FRESH:
            return books, "hit"
    try:
        with cache.lock(f"lock:{author}", timeout=60, blocking_timeout=0):
            books = compute(author)
            cache.set(author, json.dumps([books, time.time()]), TIMEOUT)
    except LockError:
        if not known:
            raise ColdCache
        return books, "hit; detail=stale"
    return books, "fwd=miss; stored"


def v5(author):
    books = cache.get(author)
    if books is not None and cache.ttl(author) > TIMEOUT - FRESH:
        return books, "hit"
    with cache.lock(f"lock:{author}", timeout=5 * 60, blocking_timeout=None):
        books = compute(author)  # without a second look: all who waited compute as well
    cache.set(author, books, TIMEOUT)
    return books, "fwd=miss; stored"


def top_books(request, author):
    try:
        books, status = globals()[os.environ["VERSION"]](author)
    except ColdCache:
        return HttpResponse("ask again in a moment\n", status=503)
    response = HttpResponse(books, content_type="text/plain")
    response["Cache-Status"] = f"django; {status}"
    return response


def front_page(request):
    return HttpResponse("nothing cached\n")


urlpatterns = [path("", front_page), path("author/<author>", top_books)]
application = get_wsgi_application()
