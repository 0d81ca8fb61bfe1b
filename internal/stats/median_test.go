package stats

import "testing"

// TestDepth compares with the tables of the sign test at 5 %, two-sided: its
// critical value is one less than the depth (Conover, Practical Nonparametric
// Statistics, table A3).
func TestDepth(t *testing.T) {
	for n, want := range map[int]int{1: 0, 2: 0, 5: 0, 6: 1, 7: 1, 8: 1, 9: 2, 10: 2, 11: 2, 12: 3, 15: 4, 20: 6, 25: 8, 30: 10, 50: 18, 100: 40} {
		if got := intervalDepth(n); got != want {
			t.Errorf("depth(%d) = %d, want %d", n, got, want)
		}
	}
}
