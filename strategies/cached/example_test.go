package cached_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/cached"
	"github.com/herdlab/herdlab/strategies/stores/memory"
)

// Product is what the examples cache.
type Product struct {
	ID    int
	Name  string
	Price int
}

// loadProduct is a query of a database.
func loadProduct(ctx context.Context, id int) (Product, error) {
	if id > 100 {
		return Product{}, fmt.Errorf("product %d: %w", id, cached.ErrNotFound)
	}
	cached.Tag(ctx, "catalogue")
	fmt.Println("load product", id)
	return Product{id, "teapot", 1200}, nil
}

// A function becomes a cached one; the store may be Redis as well.
func ExampleNew() {
	products, err := cached.New(memory.New(memory.Config{}), "product", loadProduct, cached.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		p, err := products.Get(background, 7)
		fmt.Println(p.Name, p.Price, err)
	}
	_, err = products.Get(background, 101)
	fmt.Println(errors.Is(err, cached.ErrNotFound))
	// Output:
	// load product 7
	// teapot 1200 <nil>
	// teapot 1200 <nil>
	// true
}

// A handler whose answers say in a header where they came from.
func Example_handler() {
	products, err := cached.New(memory.New(memory.Config{}), "product", loadProduct, cached.Options{Fresh: time.Minute, NotFound: 10 * time.Second, Local: time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		ctx, trace := cached.WithTrace(r.Context())
		p, err := products.Get(ctx, 7)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Cache-Status", trace.CacheStatus())
		_ = json.NewEncoder(w).Encode(p)
	}
	for range 2 {
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequest(http.MethodGet, "/products/7", nil))
		fmt.Print(w.Header().Get("Cache-Status"), "\n", w.Body)
	}
	// Output:
	// load product 7
	// "product"; fwd=miss; stored; key=":product:0:7:"
	// {"ID":7,"Name":"teapot","Price":1200}
	// "product"; hit
	// {"ID":7,"Name":"teapot","Price":1200}
}

// A list is cached as ids, and the objects are fetched by themselves: a price that changes
// is one purge, in whatever lists the product is.
func ExampleFunc_GetMany() {
	store := memory.New(memory.Config{})
	type search struct {
		Words string
		Page  int
	}
	lists, err := cached.New(store, "search", func(context.Context, search) ([]int, error) { return []int{3, 5, 8}, nil }, cached.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	products, err := cached.NewMany(store, "product", func(_ context.Context, ids []int) (map[int]Product, error) {
		fmt.Println("load products", ids) // one query, WHERE id IN
		found := make(map[int]Product)
		for _, id := range ids {
			found[id] = Product{ID: id, Name: fmt.Sprint("teapot ", id)}
		}
		return found, nil
	}, cached.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		ids, _ := lists.Get(background, search{"teapot", 1})
		found, err := products.GetMany(background, ids)
		for _, id := range ids {
			fmt.Println(found[id].Name, err)
		}
		_ = products.Purge(background, 5) // it was edited
	}
	// Output:
	// load products [3 5 8]
	// teapot 3 <nil>
	// teapot 5 <nil>
	// teapot 8 <nil>
	// load products [5]
	// teapot 3 <nil>
	// teapot 5 <nil>
	// teapot 8 <nil>
}

// Everything that depends on a catalogue is forgotten by one mark.
func ExampleFunc_PurgeTag() {
	products, err := cached.New(memory.New(memory.Config{}), "product", loadProduct, cached.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = products.Get(background, 7)
	_ = products.PurgeTag(background, "catalogue")
	_, _ = products.Get(background, 7)
	// Output:
	// load product 7
	// load product 7
}

// Any strategy will do.
func ExampleOptions_strategy() {
	products, err := cached.New(memory.New(memory.Config{}), "product", loadProduct, cached.Options{
		Strategy: func(store strategies.Store, load strategies.Loader) (strategies.Strategy, error) {
			return strategies.NewLeased(store, load, strategies.LeaseConfig{TTL: time.Hour})
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := products.Get(background, 7)
	fmt.Println(p.Name, err)
	// Output:
	// load product 7
	// teapot <nil>
}
