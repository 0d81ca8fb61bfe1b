package trace

import (
	"bytes"
	"regexp"
	"strings"
)

// kinds are what is given for a trace and is none, by what its beginning looks like, with
// what to do. The first that fits is told.
var kinds = []struct {
	like *regexp.Regexp
	says string
}{
	{regexp.MustCompile(`^\s*(<\?xml|<!DOCTYPE|<html|<[a-zA-Z]+>)`), "it seems to be XML or HTML"},
	{regexp.MustCompile(`^\s*\[\s*(\{|$)`), "it seems to be a list of JSON: write an object a line, such as by jq -c '.[]'"},
	{regexp.MustCompile(`^\s*\{\s*(\n|$)`), "it seems to be JSON over several lines: write an object a line, such as by jq -c ."},
	{regexp.MustCompile(`(?m)^[<>]\d+ (get|set|gets|add|delete|incr|STORED|END|sending|new)|^slab class +\d+:`), "it seems to be what memcached -vv prints, which has no times: watch fetchers mutations over its port has them"},
	{regexp.MustCompile(`^\d+ \d+ \d+ \d+\s*\n`), "it seems to be a trace of ARC (start, number of blocks), which has no times: make a table of time,key of it, with the time that a block takes"},
	{regexp.MustCompile(`^(?i:key|.*,key),(?i:op)`), "it seems to be a table without a time, as CacheLib's kvcache of 2022: add a column time"},
	{regexp.MustCompile(`(?m)^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d `), "it seems to be of syslog, whose times have no year, and its lines no request that is known: log the requests by themselves"},
	{regexp.MustCompile(`(?m)^(\d+\s+)?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d`), "it has times, and no fields that are known: name them in a header, such as time,key,size, or write an object of JSON a line"},
}

// These are what people tried. Each could be a format of its own, if it had times: a cache
// is a matter of time, and to make some up would be to make the result up.

// seemsToBe says what a file is that is of no format, as far as its beginning shows it,
// and what to do.
func seemsToBe(beginning []byte) string {
	// No more than a page is looked at: expressions over megabytes would take their time.
	text := beginning[:min(len(beginning), 4096)]
	if strange := bytes.Count(text, []byte{0}); strange > 0 {
		return "it seems to be binary, such as libCacheSim's oracleGeneral or a vscsi trace: write it as a table of time,key,size, which libCacheSim's tracePrint does"
	}
	for _, k := range kinds {
		if k.like.Match(text) {
			return k.says
		}
	}
	if !bytes.ContainsRune(text, '\n') && bytes.IndexByte(text, '\r') >= 0 {
		return "its lines end in carriage returns alone: tr '\\r' '\\n' makes them lines"
	}
	return "it is none of " + strings.Join(FormatNames(), ", ") + "; if it is one of them with bad lines at its beginning, name its format (format: log); else make a table of time,key,size of it"
}
