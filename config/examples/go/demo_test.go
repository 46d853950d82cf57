package demo

import "testing"

var sink int

func BenchmarkSum(b *testing.B) {
	for i := 0; i < b.N; i++ {
		for j := 0; j < 100000; j++ {
			sink += j ^ i
		}
	}
}
