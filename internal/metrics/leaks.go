package metrics

// leaked reports whether the page served was somebody else's.
func (r *Record) leaked() bool { return r.Owner != 0 && r.Owner != r.User }

// victims are the users whose pages were served to others. The zero value is none.
type victims map[int]struct{}

func (v *victims) add(r *Record) {
	if !r.leaked() {
		return
	}
	if *v == nil {
		*v = make(victims)
	}
	(*v)[r.Owner] = struct{}{}
}

// leaks are the leaks of every window; nil where there was none at all.
func leaks(windows []window) []int64 {
	var list []int64
	for i := range windows {
		if n := windows[i].leaks; n > 0 {
			if list == nil {
				list = make([]int64, len(windows))
			}
			list[i] = n
		}
	}
	return list
}
