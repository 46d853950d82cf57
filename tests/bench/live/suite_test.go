// Five kernels. planted: percent by which Hash does more. The linker drops what nobody calls, so `unused`, which innocent.py writes,
// is called when the program has more arguments than it ever gets.
package live

import (
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
)

const planted = 0

var sink uint64

func TestMain(m *testing.M) {
	if len(os.Args) > 1000 {
		sink = unused(sink)
	}
	os.Exit(m.Run())
}

func numbers(count int) []uint32 {
	state := uint64(1)
	out := make([]uint32, count)
	for i := range out {
		state = state*6364136223846793005 + 1442695040888963407
		out[i] = uint32(state >> 33)
	}
	return out
}

func words(count int) string {
	var out strings.Builder
	for _, one := range numbers(count) {
		fmt.Fprintf(&out, "key%d=%d;", one%997, one)
	}
	return out.String()
}

func BenchmarkHash(b *testing.B) {
	for i := 0; i < b.N; i++ {
		h := uint64(14695981039346656037)
		for round := 0; round < 1000+10*planted; round++ {
			for each := 0; each < 16; each++ {
				h = (h ^ uint64(each+round)) * 1099511628211
			}
		}
		sink += h
	}
}

func BenchmarkSort(b *testing.B) {
	input := numbers(2000)
	for i := 0; i < b.N; i++ {
		list := append([]uint32(nil), input...)
		sort.Slice(list, func(a, c int) bool { return list[a] < list[c] })
		sink += uint64(list[0])
	}
}

func BenchmarkMap(b *testing.B) {
	input := numbers(300)
	for i := 0; i < b.N; i++ {
		counts := map[uint32]int{}
		for _, one := range input {
			counts[one]++
		}
		sink += uint64(len(counts))
	}
}

func BenchmarkParse(b *testing.B) {
	text := words(1000)
	for i := 0; i < b.N; i++ {
		var sum, value uint64
		for at := 0; at < len(text); at++ {
			if c := text[at]; c >= '0' && c <= '9' {
				value = 10*value + uint64(c-'0')
			} else {
				sum, value = sum+value, 0
			}
		}
		sink += sum
	}
}

func BenchmarkStrings(b *testing.B) {
	for i := 0; i < b.N; i++ {
		list := make([]string, 0, 200)
		for each := 0; each < 200; each++ {
			list = append(list, strings.Repeat("x", 40+each%7))
		}
		sink += uint64(len(list))
	}
}
