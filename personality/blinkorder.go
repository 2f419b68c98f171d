package personality

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// blinkOrder returns request-header names in the order in which Chromium goes through them: that of Blink's hash table,
// which is neither sorted nor that of insertion, but always the same. Seen in Chromium 156: where several headers are not
// allowed, the first in this order is named. Workers' requests have no sec-ch-ua headers when they are checked.
func blinkOrder(headers fetchspec.Headers, request *fetchspec.Request, target *origin.URL) []string {
	names := make([]string, 0, len(headers)+4)
	for _, h := range headers {
		names = append(names, h.Name)
	}
	if request.API == fetchspec.APIXHR {
		// XMLHttpRequest keeps its headers in a table of its own first.
		var own blinkTable
		for _, n := range names {
			own.insert(n)
		}
		names = own.names()
	} else {
		slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(fetchspec.ByteLower(a), fetchspec.ByteLower(b)) })
	}
	if target.IsPotentiallyTrustworthy() && !request.Worker {
		names = append(names, "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform")
	}
	names = append(names, "User-Agent")
	var t blinkTable
	for _, n := range names {
		t.insert(n)
	}
	return t.names()
}

// blinkTable is an open-addressing hash table with the growth and the probing of WTF::HashTable.
type blinkTable struct {
	slots []string
	count int
}

func (t *blinkTable) insert(name string) {
	if t.slots == nil {
		t.slots = make([]string, 8)
	}
	i := t.find(name)
	if t.slots[i] != "" {
		return
	}
	t.slots[i] = name
	t.count++
	if 2*t.count < len(t.slots) {
		return
	}
	old := t.slots
	t.slots = make([]string, 2*len(old))
	for _, n := range old {
		if n != "" {
			t.slots[t.find(n)] = n
		}
	}
}

func (t *blinkTable) find(name string) int {
	mask := len(t.slots) - 1
	i := int(blinkHash(name)) & mask
	for k := 1; t.slots[i] != "" && !fetchspec.EqualFold(t.slots[i], name); k++ {
		i = (i + k) & mask
	}
	return i
}

func (t *blinkTable) names() []string {
	names := make([]string, 0, t.count)
	for _, n := range t.slots {
		if n != "" {
			names = append(names, n)
		}
	}
	return names
}

// blinkHash is the hash of a header name: rapidhash over its UTF-16 code units in lower case, cut to 24 bits.
func blinkHash(name string) uint32 {
	b := make([]byte, 0, 2*len(name))
	for i := 0; i < len(name); i++ {
		c := name[i]
		if 'A' <= c && c <= 'Z' || 0xC0 <= c && c <= 0xDE && c != 0xD7 {
			c += 0x20
		}
		b = append(b, c, 0)
	}
	h := uint32(rapidHash(b)) & 0xFFFFFF
	if h == 0 {
		h = 0x800000
	}
	return h
}

// rapidHash is rapidhash with its default secret and Blink's seed.
func rapidHash(b []byte) uint64 {
	const s0, s1, s2, seed0 = 0x2d358dccaa6c78a5, 0x8bb84b93962eacc9, 0x4b33a62ed433d4a3, 0xbdd89aa982704029
	mul := func(x, y uint64) (lo, hi uint64) { hi, lo = bits.Mul64(x, y); return lo, hi }
	mix := func(x, y uint64) uint64 { lo, hi := mul(x, y); return lo ^ hi }
	r4 := func(p int) uint64 { return uint64(binary.LittleEndian.Uint32(b[p:])) }
	r8 := func(p int) uint64 { return binary.LittleEndian.Uint64(b[p:]) }
	n := len(b)
	s := uint64(seed0) ^ mix(seed0^s0, s1) ^ uint64(n)
	var a, c uint64
	switch {
	case n == 0:
	case n < 4:
		a = uint64(b[0]) | uint64(b[1])<<8
	case n <= 16:
		a = r4(0)<<32 | r4(n-4)
		d := (n & 24) >> (n >> 3)
		c = r4(d)<<32 | r4(n-4-d)
	default:
		i, p := n, 0
		if i > 48 {
			t1, t2 := s, s
			for {
				s = mix(r8(p)^s0, r8(p+8)^s)
				t1 = mix(r8(p+16)^s1, r8(p+24)^t1)
				t2 = mix(r8(p+32)^s2, r8(p+40)^t2)
				p, i = p+48, i-48
				if i < 48 {
					break
				}
			}
			s ^= t1 ^ t2
		}
		if i > 16 {
			s = mix(r8(p)^s2, r8(p+8)^s^s1)
			if i > 32 {
				s = mix(r8(p+16)^s2, r8(p+24)^s)
			}
		}
		a, c = r8(p+i-16), r8(p+i-8)
	}
	a, c = mul(a^s1, c^s)
	return mix(a^s0^uint64(n), c^s1)
}
