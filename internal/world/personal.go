package world

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/strategies"
)

// What an application renders for somebody who is signed in is his: another page
// than the one of the same address that everybody sees. A strategy knows it by a
// name of its own, and it says in its first line whose it is, as a page with a
// name and a balance at its top does.

// ofUser stands between a key and the number of a user in the name of a page; it
// is in no key.
const ofUser = "\x1f"

const (
	ownerBegins = "<!-- the page of user "
	ownerEnds   = " -->\n"
)

// PageOf is the name of the page of a key as a user sees it; user 0 is everybody.
func PageOf(key string, user int) string {
	if user == 0 {
		return key
	}
	return key + ofUser + strconv.Itoa(user)
}

// splitPage is the key and the user of a page.
func splitPage(page string) (key string, user int) {
	key, number, personal := strings.Cut(page, ofUser)
	if !personal {
		return page, 0
	}
	user, _ = strconv.Atoi(number) // PageOf wrote it
	return key, user
}

// Owner is the user whose page it is, by what it says itself; 0 is nobody's.
func Owner(page []byte) int {
	rest, ok := bytes.CutPrefix(page, []byte(ownerBegins))
	if !ok {
		return 0
	}
	number, _, ok := bytes.Cut(rest[:min(len(rest), 32)], []byte(ownerEnds))
	user, err := strconv.Atoi(string(number))
	if !ok || err != nil {
		return 0
	}
	return user
}

// Rendered renders pages out of the values that rows loads.
func Rendered(rows strategies.Loader) strategies.Loader {
	return strategies.LoaderFunc(func(ctx context.Context, page string) (strategies.Value, error) {
		key, user := splitPage(page)
		v, err := rows.Load(ctx, key)
		if err == nil && user != 0 {
			v.Data = signed(v.Data, user)
		}
		return v, err
	})
}

// signed is a copy of data that begins with whose page it is. It is longer only
// where data has no room for that.
func signed(data []byte, user int) []byte {
	line := ownerBegins + strconv.Itoa(user) + ownerEnds
	page := make([]byte, max(len(data), len(line)))
	copy(page, data)
	copy(page, line)
	return page
}
