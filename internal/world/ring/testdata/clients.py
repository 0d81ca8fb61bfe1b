"""Stores 'x' under every key of standard input, one a line, by a real client: clients.py CLIENT ROUNDS HOST:PORT..."""
import sys

name, rounds, nodes = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
keys = sys.stdin.read().split("\n")

if name == "pymemcache":
    from pymemcache.client.hash import HashClient

    client = HashClient(
        [(n.split(":")[0], int(n.split(":")[1])) for n in nodes],
        retry_attempts=0, retry_timeout=0, dead_timeout=3600, ignore_exc=True, timeout=5,
    )
    store = lambda key: client.set(key, b"x", noreply=False)
elif name == "python-memcached":
    import memcache

    client = memcache.Client(nodes, dead_retry=3600, socket_timeout=5)
    store = lambda key: client.set(key, "x")
else:
    import pylibmc

    behaviors = {
        "modulo": {},
        "modulo-md5": {"hash": "md5"},
        "modulo-crc": {"hash": "crc"},
        "modulo-fnv1a": {"hash": "fnv1a_32"},
        "pylibmc": {"ketama": True},
        "ketama-unweighted": {"ketama": True, "hash": "md5"},
        "ketama-weighted": {"ketama_weighted": True},
    }[name]
    client = pylibmc.Client(nodes, behaviors=behaviors)
    store = lambda key: client.set(key, b"x")

for _ in range(rounds):
    for key in keys:
        store(key)
