package world

// modulo owns by hash % n.
type modulo struct{ members []ringMember }

var _ Ring = (*modulo)(nil)

func newModulo(members []ringMember) *modulo { return &modulo{members} }

func (r *modulo) Node(key string) int {
	if len(r.members) == 0 {
		return -1
	}
	return r.members[oneAtATime(key)%uint32(len(r.members))].index
}

// oneAtATime is Bob Jenkins's hash of that name ("Hash functions", Dr. Dobb's,
// 1997), the default of libmemcached. There a byte is a C char, which is signed
// on amd64: bytes from 0x80 on are extended by their sign, and that is kept.
func oneAtATime[T string | []byte](key T) uint32 {
	var h uint32
	for i := range len(key) {
		h += uint32(int8(key[i]))
		h += h << 10
		h ^= h >> 6
	}
	h += h << 3
	h ^= h >> 11
	h += h << 15
	return h
}
