package workloads_test

import (
	"fmt"
	"time"

	"github.com/herdlab/herdlab/workloads"
)

// A page that is asked at an even pace, three more requests for it a little
// after half a second, and a timer that never touches the cache.
func Example() {
	w, err := workloads.New(1, time.Second, []workloads.Class{
		{
			Class: "page", Rate: 4, Arrivals: "constant",
			Burst: &workloads.Burst{At: 600 * time.Millisecond, Requests: 3, Over: 30 * time.Millisecond},
			Keys:  &workloads.Keys{Count: 1000, Zipf: 0.9}, Writes: 0.2,
		},
		{Class: "timer", Rate: 2, Arrivals: "constant"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	var r workloads.Request
	for w.Next(&r) {
		fmt.Printf("%v %d %v %q\n", r.At, r.Class, r.Op, r.Key)
	}
	if w.Err() != nil {
		fmt.Println(w.Err())
	}
	// Output:
	// 0s 0 read "page:55"
	// 0s 1 read ""
	// 250ms 0 read "page:6"
	// 500ms 0 read "page:304"
	// 500ms 1 read ""
	// 600ms 0 write "page:599"
	// 610ms 0 write "page:815"
	// 620ms 0 read "page:47"
	// 750ms 0 write "page:2"
}

// The keys to warm a cache with, the most popular first.
func ExampleWorkload_Items() {
	w, err := workloads.New(1, time.Minute, []workloads.Class{
		{Class: "page", Rate: 100, Keys: &workloads.Keys{Count: 1000, Zipf: 1}},
		{Class: "image", Rate: 290, Keys: &workloads.Keys{Count: 1000, Zipf: 1}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for it := range w.Items(5) {
		fmt.Println(it.Key)
	}
	// Output:
	// image:0
	// image:1
	// page:0
	// image:2
	// image:3
}

// A mistake is told with the field that it is in.
func ExampleClass_Validate() {
	fmt.Println(workloads.Class{Class: "page", Rate: 10, Writes: 0.1}.Validate())
	// Output:
	// writes: the class has no keys that it could write: add keys, or remove writes
}

// The stream that belongs to a purpose is the same whatever else is drawn.
func ExampleSubstream() {
	fmt.Println(workloads.Substream(1, "origin").Uint64() == workloads.Substream(1, "origin").Uint64())
	fmt.Println(workloads.Substream(1, "origin").Uint64() == workloads.Substream(1, "arrivals/page").Uint64())
	// Output:
	// true
	// false
}
