// Package origin has real origins: what a cache protects, outside of the model.
//
// Three of them compute values as [strategies.Loader]:
//
//   - [SQL] asks a database, SQLite or PostgreSQL, for an author's ten best-selling
//     books. The query is real, and slow because the table has no index for it.
//   - [HTTP] asks any HTTP server.
//   - [Observe] puts a counter such as [Herds] in front of either.
//
// [Serve] is the other end of HTTP: the modelled origin of internal/world behind
// a socket, slow on purpose, which counts the herds that reach it.
package origin
