// Package peers holds strategies against the libraries that an engineer would otherwise
// take, in one run on one machine: ratios, and no figures of their own. It is a module of
// its own, so that nobody who imports herdlab has their code in his build:
//
//	cd peers && go test -bench . -benchmem -cpu 1,2
package peers
