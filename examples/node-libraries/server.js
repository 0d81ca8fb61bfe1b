// Pages that take their time, kept in the memory of the process by one of seven libraries, or
// by a few lines of one's own. Usage: ORIGIN=URL node server.js PORT LIBRARY
import { AsyncLocalStorage } from 'node:async_hooks'
import http from 'node:http'

const [port, library] = process.argv.slice(2)
const seconds = 5 // that a page lives
const ttl = seconds * 1000
const longer = 3600 // seconds more in which an old page may be served, where a library can

// fetchPage renders a page, as slowly as the origin. It notes when, and for which request.
const requests = new AsyncLocalStorage()
async function fetchPage (path) {
  const request = requests.getStore()
  if (request) request.fetched = true
  const response = await fetch(process.env.ORIGIN + path)
  if (!response.ok) throw new Error(`the origin answered ${response.status}`)
  return { body: await response.text(), time: Date.now() }
}

// Each library as its own documentation has it: a function from a path to a page.
const libraries = {
  async map () {
    const pages = new Map()
    return async (path) => {
      let page = pages.get(path)
      if (!page || Date.now() - page.time >= ttl) {
        page = await fetchPage(path)
        pages.set(path, page)
      }
      return page
    }
  },

  async 'async-cache-dedupe' (options = { ttl: seconds }) {
    const { createCache } = await import('async-cache-dedupe')
    const cache = createCache({ storage: { type: 'memory' }, ...options }).define('page', fetchPage)
    return (path) => cache.page(path)
  },
  'async-cache-dedupe-stale': () => libraries['async-cache-dedupe']({ ttl: seconds, stale: longer }),

  async bentocache (options = {}) {
    const { BentoCache, bentostore } = await import('bentocache')
    const { memoryDriver } = await import('bentocache/drivers/memory')
    const bento = new BentoCache({ default: 'memory', stores: { memory: bentostore().useL1Layer(memoryDriver({ serialize: false })) } })
    return (path) => bento.getOrSet({ key: path, ttl, factory: () => fetchPage(path), ...options })
  },
  'bentocache-grace': () => libraries.bentocache({ grace: '1h', timeout: 0 }),

  async 'cache-manager' (options = { ttl }) {
    const { createCache } = await import('cache-manager')
    const cache = createCache(options)
    return (path) => cache.wrap(path, () => fetchPage(path))
  },
  'cache-manager-refresh': () => libraries['cache-manager']({ ttl: 2 * ttl, refreshThreshold: ttl }),

  async cacheable () {
    const { Cacheable } = await import('cacheable')
    const cache = new Cacheable({ ttl })
    return (path) => cache.getOrSet(path, () => fetchPage(path))
  },

  async 'lru-cache' (options = {}) {
    const { LRUCache } = await import('lru-cache')
    const cache = new LRUCache({ max: 1000, ttl, fetchMethod: fetchPage, ...options })
    return (path) => cache.fetch(path)
  },
  'lru-cache-stale': () => libraries['lru-cache']({ allowStale: true }),

  async 'p-memoize' () {
    const { default: pMemoize } = await import('p-memoize')
    const pages = new Map()
    const lives = (path) => pages.has(path) && Date.now() - pages.get(path).time < ttl
    return pMemoize(fetchPage, {
      cache: { has: lives, get: (path) => pages.get(path), set: (path, page) => pages.set(path, page), delete: (path) => pages.delete(path) }
    })
  }
}

const page = await libraries[library]()

// cacheStatus says how an answer came about, in the words of RFC 9211.
function cacheStatus (request, { time }) {
  if (time > request.begun) return request.fetched ? 'node; fwd=miss; stored' : 'node; fwd=miss; collapsed'
  return Date.now() - time > ttl ? 'node; hit; detail=stale' : 'node; hit'
}

const server = http.createServer((req, res) => {
  if (req.url === '/') return res.end('not cached\n')
  const request = { begun: Date.now(), fetched: false }
  requests.run(request, async () => {
    try {
      const found = await page(req.url)
      res.setHeader('Cache-Status', cacheStatus(request, found))
      res.end(found.body)
    } catch (error) {
      res.writeHead(502).end(`${error.message}\n`)
    }
  })
})
server.listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 })
