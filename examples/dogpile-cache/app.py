"""Pages that take their time, kept in Redis by dogpile.cache.

One worker creates what has expired while the others return the previous value. Where
there is none yet, they wait for the distributed lock.
"""
import os
import threading
import time
from urllib.request import urlopen

from dogpile.cache import make_region

ORIGIN = os.environ["ORIGIN"]
LIFE = 5  # seconds


def in_a_thread(region, key, creator, mutex):
    """The async_creation_runner of dogpile.cache's documentation."""

    def create():
        try:
            region.set(key, creator())
        finally:
            mutex.release()

    threading.Thread(target=create).start()


region = make_region(async_creation_runner=in_a_thread if os.environ.get("RUNNER") else None).configure(
    "dogpile.cache.redis",
    expiration_time=LIFE,
    arguments={
        "url": os.environ["REDIS_URL"],
        "distributed_lock": True,
        "lock_timeout": 60,
        "thread_local_lock": False,  # the thread that creates is not the one that took the lock
    },
)


def fetch(path):
    with urlopen(ORIGIN + path) as response:
        return response.read(), time.time()


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"not cached\n"]
    begun, fetched = time.time(), []
    body, made = region.get_or_create(path, lambda: fetched.append(True) or fetch(path))
    if made > begun:
        status = "fwd=miss; stored" if fetched else "fwd=miss; collapsed"
    else:
        status = "hit; detail=stale" if begun - made > LIFE else "hit"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Cache-Status", "dogpile; " + status)])
    return [body]
